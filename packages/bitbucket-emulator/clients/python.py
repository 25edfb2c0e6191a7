"""`python3 python.py CLIENT`: one client of Debian's Python signs in at the emulator; see run.ts for what is asked."""

import json
import os
import sys
from importlib.metadata import version
from urllib.parse import parse_qs, urlsplit

os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

SITE, API, KEY, SECRET, CALLBACK = (os.environ[name] for name in ("SITE", "API", "KEY", "SECRET", "CALLBACK"))
AUTHORIZE = SITE + "/site/oauth2/authorize"
TOKEN = SITE + "/site/oauth2/access_token"


def visit(url):
    """The address to which the address that is to be visited leads."""
    print(json.dumps({"visit": url}), flush=True)
    return sys.stdin.readline().strip()


def requests_oauthlib():
    from oauthlib.oauth2 import BackendApplicationClient, LegacyApplicationClient
    from requests_oauthlib import OAuth2Session

    session = OAuth2Session(KEY, redirect_uri=CALLBACK, scope=["account", "email"])
    url, _state = session.authorization_url(AUTHORIZE)
    # Bitbucket grants what the client's boxes say, and in an order of its own.
    os.environ["OAUTHLIB_RELAX_TOKEN_SCOPE"] = "1"
    session.fetch_token(TOKEN, authorization_response=visit(url), client_secret=SECRET)
    session.refresh_token(TOKEN, auth=(KEY, SECRET))
    if os.environ["CONTRACT"] == "2017":
        by_password = OAuth2Session(client=LegacyApplicationClient(KEY))
        by_password.fetch_token(TOKEN, username="demo", password="demo", auth=(KEY, SECRET))
    own = OAuth2Session(client=BackendApplicationClient(KEY))
    own.fetch_token(TOKEN, auth=(KEY, SECRET))
    return session.get(API + "/2.0/user").json()["username"]


def requests_oauthlib_1():
    from requests_oauthlib import OAuth1Session

    below = SITE + "/api/1.0/oauth"
    session = OAuth1Session(KEY, SECRET, callback_uri=CALLBACK)
    session.fetch_request_token(below + "/request_token")
    session.parse_authorization_response(visit(session.authorization_url(below + "/authenticate")))
    session.fetch_access_token(below + "/access_token")
    two_legs = OAuth1Session(KEY, SECRET).get(API + "/2.0/user")
    assert two_legs.json()["username"] == "demo", two_legs.text
    return session.get(API + "/2.0/user").json()["username"]


def authlib():
    from authlib.integrations.requests_client import OAuth2Session

    session = OAuth2Session(KEY, SECRET, redirect_uri=CALLBACK, scope="account email")
    url, _state = session.create_authorization_url(AUTHORIZE)
    token = session.fetch_token(TOKEN, authorization_response=visit(url))
    session.refresh_token(TOKEN, refresh_token=token["refresh_token"])
    OAuth2Session(KEY, SECRET).fetch_token(TOKEN, grant_type="client_credentials")
    if os.environ["CONTRACT"] == "2017":
        OAuth2Session(KEY, SECRET).fetch_token(TOKEN, username="demo", password="demo", grant_type="password")
    return session.get(API + "/2.0/user").json()["username"]


def social_core():
    from social_core.backends.bitbucket import BitbucketOAuth2
    from social_core.storage import BaseStorage
    from social_core.strategy import BaseStrategy

    class Strategy(BaseStrategy):
        """As little of a web framework as a sign-in takes."""

        def __init__(self):
            self.session, self.data = {}, {}
            super().__init__(storage=BaseStorage)

        def get_setting(self, name):
            settings = {
                "SOCIAL_AUTH_BITBUCKET_OAUTH2_KEY": KEY,
                "SOCIAL_AUTH_BITBUCKET_OAUTH2_SECRET": SECRET,
                "SOCIAL_AUTH_BITBUCKET_OAUTH2_SCOPE": ["account", "email"],
            }
            return settings[name]

        def request_data(self, merge=True):
            return self.data

        def session_get(self, name, default=None):
            return self.session.get(name, default)

        def session_set(self, name, value):
            self.session[name] = value

        def build_absolute_uri(self, path=None):
            return path

    class Here(BitbucketOAuth2):
        """The backend with its addresses moved."""

        AUTHORIZATION_URL = AUTHORIZE
        ACCESS_TOKEN_URL = TOKEN
        REFRESH_TOKEN_URL = TOKEN

        def user_data(self, access_token, *args, **kwargs):
            here = lambda path: self.get_json(API + path, headers={"Authorization": "Bearer " + access_token})
            emails = here("/2.0/user/emails")
            assert emails["values"], emails
            return here("/2.0/user")

    strategy = Strategy()
    backend = Here(strategy, CALLBACK)
    at = visit(backend.auth_url())
    strategy.data = {name: values[0] for name, values in parse_qs(urlsplit(at).query).items()}
    backend.data = strategy.data
    state = backend.validate_state()
    token = backend.request_access_token(
        backend.access_token_url(),
        data=backend.auth_complete_params(state),
        headers=backend.auth_headers(),
        auth=backend.auth_complete_credentials(),
        method=backend.ACCESS_TOKEN_METHOD,
    )
    token = backend.refresh_token(token["refresh_token"])
    return backend.get_user_details(backend.user_data(token["access_token"]))["username"]


def flask_dance():
    from flask import Flask
    from flask_dance.consumer import OAuth2ConsumerBlueprint

    app = Flask(__name__)
    app.secret_key = "a secret of the test"
    blueprint = OAuth2ConsumerBlueprint(
        "bitbucket",
        __name__,
        client_id=KEY,
        client_secret=SECRET,
        base_url=API,
        authorization_url=AUTHORIZE,
        token_url=TOKEN,
        auto_refresh_url=TOKEN,
        auto_refresh_kwargs={"client_id": KEY, "client_secret": SECRET},
        scope=["account", "email"],
        redirect_url="/done",
    )
    os.environ["OAUTHLIB_RELAX_TOKEN_SCOPE"] = "1"
    app.register_blueprint(blueprint, url_prefix="/login")

    @app.route("/done")
    def done():
        return blueprint.session.get("/2.0/user").json()["username"]

    port = urlsplit(CALLBACK).port
    with app.test_client() as browser:
        base = "http://localhost:%d" % port
        begun = browser.get("/login/bitbucket", base_url=base)
        at = urlsplit(visit(begun.headers["Location"]))
        browser.get(at.path + "?" + at.query, base_url=base)
        return browser.get("/done", base_url=base).get_data(as_text=True)


CLIENTS = {
    "requests-oauthlib": (requests_oauthlib, "requests-oauthlib"),
    "requests-oauthlib (1.0a)": (requests_oauthlib_1, "requests-oauthlib"),
    "Authlib": (authlib, "Authlib"),
    "social-auth-core": (social_core, "social-auth-core"),
    "Flask-Dance": (flask_dance, "Flask-Dance"),
}

run, distribution = CLIENTS[sys.argv[1]]
username = run()
print(json.dumps({"version": version(distribution), "username": username}), flush=True)
