"""What the pages need of registration's log of looks."""

from datetime import datetime

from portal.services import View


class RecordLook(View):
    """Somebody looked at a person's record."""

    looked_at: datetime
    viewer_id: str
    viewer_role: str
    came_from: str
    seen: str
    purpose: str
