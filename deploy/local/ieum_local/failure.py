"""The one exception of the local runtime: what failed, and what to do about it."""


class LocalFailure(Exception):
    """Something on this machine keeps the local runtime from working.

    The message says what failed; `remedy` says what a person can do. Both are printed as they are.
    """

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.remedy = remedy

    def __str__(self) -> str:
        message = str(self.args[0])
        return f"{message}\n{self.remedy}" if self.remedy else message
