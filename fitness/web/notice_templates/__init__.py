"""The catalogue of notices for staff: what each template says, a draft of its next version, and its way past a second person."""

from fitness.web.notice_templates import deciding, drafting, listing

pages = [*listing.pages, *drafting.pages, *deciding.pages]
