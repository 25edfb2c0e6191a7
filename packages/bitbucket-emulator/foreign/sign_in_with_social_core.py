"""Run where bitbucket.org is an emulator: social-core's Bitbucket backend, with a key, a secret and not one address."""
import json
import sys
from urllib.parse import parse_qs, urlparse

import requests
from social_core.backends.bitbucket import BitbucketOAuth2
from social_core.strategy import BaseStrategy

KEY, SECRET, CALLBACK = sys.argv[1:4]


class Strategy(BaseStrategy):
    settings = {"KEY": KEY, "SECRET": SECRET}
    session = {}
    data = {}

    def get_setting(self, name):
        return self.settings[name.replace("SOCIAL_AUTH_BITBUCKET_OAUTH2_", "")]

    def request_data(self, merge=True):
        return self.data

    def request_host(self):
        return "localhost:3000"

    def build_absolute_uri(self, path=None):
        return path

    def session_get(self, name, default=None):
        return self.session.get(name, default)

    def session_set(self, name, value):
        self.session[name] = value


backend = BitbucketOAuth2(Strategy(), redirect_uri=CALLBACK)
address = urlparse(backend.auth_url())
request = {name: values[0] for name, values in parse_qs(address.query).items()}

browser = requests.Session()
site = f"{address.scheme}://{address.netloc}"
browser.get(f"{site}/account/signin/").raise_for_status()
form = {"csrfmiddlewaretoken": browser.cookies["csrftoken"]}
browser.post(f"{site}/account/signin/", data={**form, "username": "demo", "password": "demo", "next": "/"})
consent = {**form, **request, "action": "approve"}
answer = browser.post(f"{site}{address.path}", data=consent, allow_redirects=False)

callback = urlparse(answer.headers["Location"])
backend.data = {name: values[0] for name, values in parse_qs(callback.query).items()}
backend.validate_state()
tokens = backend.request_access_token(
    backend.access_token_url(),
    data=backend.auth_complete_params(backend.data["state"]),
    headers=backend.auth_headers(),
    auth=backend.auth_complete_credentials(),
    method=backend.ACCESS_TOKEN_METHOD,
)
user = backend.user_data(tokens["access_token"])
print(json.dumps({"username": user["username"], "email": user["email"], "scopes": tokens["scopes"]}))
