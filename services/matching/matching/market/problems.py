"""What cannot be done with a jobseeker as matching knows them."""

from ieum.http import Conflict


class NotRegistered(Conflict):
    """The jobseeker's registration has ended."""

    ko = "구직등록이 종료된 구직자입니다."
