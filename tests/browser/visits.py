"""A page that is watched while a test uses it."""

__all__ = ["Visit", "asks"]

FAILED_REQUEST = "Failed to load resource:"
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(`${event.violatedDirective}: ${event.blockedURI}`);
});
"""


class Visit:
    """A page and all that went wrong on it.

    Attributes:
        page: The page, of Playwright.
        errors: What it wrote to the console as an error or threw; that a request was refused or
            failed is none, since that is what tests ask for.
        requests: The addresses that it asked for.
    """

    def __init__(self, page):
        self.page = page
        self.errors: list[str] = []
        self.requests: list[str] = []
        page.add_init_script(WATCH)
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))

    def _note(self, message):
        if message.type == "error" and not message.text.startswith(FAILED_REQUEST):
            self.errors.append(message.text)

    def violations(self):
        """What the content security policy kept from happening."""
        return self.page.evaluate("window.violations")

    def foreign_requests(self, url):
        """The addresses outside `url` that were asked for."""
        inside = (url + "/", "data:", "blob:")
        return [address for address in self.requests if not address.startswith(inside)]


def asks(**wanted):
    """A test of requests to `/predict`: whether one holds these members, `...` being any value.

    What was asked before may be on its way still.
    """

    def is_wanted(request):
        if not request.url.endswith("/predict"):
            return False
        body = request.post_data_json
        return all(n in body and v in (..., body[n]) for n, v in wanted.items())

    return is_wanted
