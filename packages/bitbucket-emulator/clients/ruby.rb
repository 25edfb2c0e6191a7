# `ruby ruby.rb CLIENT`: one client of Debian's Ruby signs in at the emulator; see run.ts for what is asked.
require "json"
require "net/http"
require "uri"

SITE, API, KEY, SECRET, CALLBACK = %w[SITE API KEY SECRET CALLBACK].map { |name| ENV.fetch(name) }
AUTHORIZE = "#{SITE}/site/oauth2/authorize"
TOKEN = "#{SITE}/site/oauth2/access_token"

# The parameters of the address to which the address that is to be visited leads.
def visit(url)
  $stdout.puts JSON.generate(visit: url.to_s)
  $stdout.flush
  URI.decode_www_form(URI($stdin.gets.strip).query).to_h
end

def username_of(access_token)
  uri = URI("#{API}/2.0/user")
  JSON.parse(Net::HTTP.get(uri, "Authorization" => "Bearer #{access_token}"))["username"]
end

CLIENTS = {
  "oauth2" => lambda do
    require "oauth2"
    client = OAuth2::Client.new(KEY, SECRET, site: SITE, authorize_url: AUTHORIZE, token_url: TOKEN)
    answer = visit(client.auth_code.authorize_url(redirect_uri: CALLBACK, state: "the-state"))
    token = client.auth_code.get_token(answer.fetch("code"), redirect_uri: CALLBACK)
    client.client_credentials.get_token
    client.password.get_token("demo", "demo") if ENV.fetch("CONTRACT") == "2017"
    token.refresh!.get("#{API}/2.0/user").parsed["username"]
  end,

  "rack-oauth2" => lambda do
    require "rack/oauth2"
    site = URI(SITE)
    client = Rack::OAuth2::Client.new(
      identifier: KEY, secret: SECRET, redirect_uri: CALLBACK, scheme: site.scheme, host: site.host, port: site.port,
      authorization_endpoint: "/site/oauth2/authorize", token_endpoint: "/site/oauth2/access_token"
    )
    client.authorization_code = visit(client.authorization_uri(state: "the-state")).fetch("code")
    token = client.access_token!
    client.refresh_token = token.refresh_token
    username_of(client.access_token!.access_token)
  end,

  "oauth (1.0a)" => lambda do
    require "oauth"
    below = "/api/1.0/oauth"
    consumer = OAuth::Consumer.new(
      KEY, SECRET, site: SITE, request_token_path: "#{below}/request_token", access_token_path: "#{below}/access_token",
      authorize_path: "#{below}/authenticate"
    )
    request_token = consumer.get_request_token(oauth_callback: CALLBACK)
    verifier = visit(request_token.authorize_url).fetch("oauth_verifier")
    token = request_token.get_access_token(oauth_verifier: verifier)
    two_legs = OAuth::AccessToken.new(consumer).get("#{API}/2.0/user")
    raise two_legs.body unless JSON.parse(two_legs.body)["username"] == "demo"
    JSON.parse(token.get("#{API}/2.0/user").body)["username"]
  end
}.freeze

name = ARGV.fetch(0)
username = CLIENTS.fetch(name).call
gem_name = name.split.first
puts JSON.generate(version: Gem::Specification.find_by_name(gem_name).version.to_s, username: username)
