"""A meeting as a calendar file (RFC 5545), for anybody's own calendar. It holds no name and no address."""

from datetime import UTC

from icalendar import Calendar, Event

from assessments.meetings.tables import Meeting


def make_invitation(meeting: Meeting, link: str) -> bytes:
    """The calendar file of one meeting: time, place and a link to its page; a meeting called off is cancelled."""
    event = Event()
    event.add("uid", f"committee-meeting-{meeting.number}@algocare")
    event.add("summary", f"Ethics committee, meeting {meeting.number}")
    event.add("dtstart", meeting.starts_at.astimezone(UTC))
    event.add("dtend", meeting.ends_at.astimezone(UTC))
    event.add("dtstamp", meeting.called_at.astimezone(UTC))
    event.add("location", meeting.place)
    event.add("url", link)
    event.add("status", "CANCELLED" if meeting.stage == "off" else "CONFIRMED")
    event.add("sequence", int(meeting.stage == "off"))
    calendar = Calendar()
    calendar.add("prodid", "-//ALGOCARE//Ethics committee//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if meeting.stage == "off" else "PUBLISH")
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content
