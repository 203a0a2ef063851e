"""The closed lists of words that wishes and vacancies share; the glossary's codes, not Work24's."""

from typing import Final, Literal, get_args

PayType = Literal["hour", "day", "month", "year"]
EmploymentType = Literal["regular", "regular_part_time", "fixed_term", "fixed_term_part_time", "dispatch", "substitute"]
Career = Literal["new", "experienced", "any"]
Education = Literal["00", "01", "02", "03", "04", "05", "06", "07"]

PAY_TYPES: Final[tuple[str, ...]] = get_args(PayType)
EMPLOYMENT_TYPES: Final[tuple[str, ...]] = get_args(EmploymentType)
CAREERS: Final[tuple[str, ...]] = get_args(Career)
EDUCATION_CODES: Final[tuple[str, ...]] = get_args(Education)
