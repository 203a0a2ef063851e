"""What a page says once, at the top, after something was done: a code in a short cookie, never text from outside."""

from collections.abc import Mapping

from portal.language.words import N_

SAID: Mapping[str, str] = {
    "sign_in_needed": N_("Choose somebody to look as: that page is for people who are signed in."),
    "signed_out": N_("You are signed out."),
    "registered": N_("You are registered. Matches appear here as they are found."),
    "registration_changed": N_("Your registration is changed."),
    "registration_stopped": N_("Your registration is stopped. You can register again at any time."),
    "preferences_kept": N_("Your preferences are kept."),
    "message_read": N_("The message is marked as read."),
    "vacancy_opened": N_(
        "The vacancy is posted. Jobseekers for whom it is among the ten best are being told; "
        "a counsellor may refer others it suits."
    ),
    "vacancy_changed": N_("The vacancy is changed."),
    "vacancy_paused": N_("The vacancy is paused."),
    "vacancy_resumed": N_("The vacancy is open again."),
    "vacancy_closed": N_("The vacancy is closed."),
    "file_taken": N_("The file has arrived. How far it is stands below."),
    "import_stopped": N_("The import is stopping. What was taken stays."),
    "import_continued": N_("The import goes on where it stopped."),
    "referral_made": N_("The referral is made. The employer has been told."),
    "referral_answered": N_("Your answer is recorded and the counsellor sees it."),
    "referral_withdrawn": N_("The referral is withdrawn."),
    "placement_recorded": N_("The placement is recorded and counted."),
    "placement_reversed": N_("The placement is reversed and no longer counted."),
    "parked_released": N_("The parked events are applied and the aggregate flows again."),
    "skip_asked": N_("The skip is asked for. Another operator must agree."),
    "event_skipped": N_("The event is skipped for good."),
}
