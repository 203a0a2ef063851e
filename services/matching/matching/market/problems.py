"""What cannot be done with vacancies and jobseekers as matching knows them."""

from ieum.http import Conflict, Unavailable


class NotRegistered(Conflict):
    """The jobseeker's registration has ended."""

    ko = "구직등록이 종료된 구직자입니다."


class HearingAgain(Unavailable):
    """Vacancies and jobseekers are being heard again from the first event. Try again in a few minutes."""

    ko = "구인과 구직 정보를 처음부터 다시 받고 있습니다. 몇 분 뒤에 다시 시도해 주세요."
