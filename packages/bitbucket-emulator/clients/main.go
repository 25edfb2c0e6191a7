// `go run main.go CLIENT`: one client of Debian's Go signs in at the emulator; see run.ts for what is asked.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"

	gomodule "github.com/gomodule/oauth1/oauth"
	mrjones "github.com/mrjones/oauth"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

var (
	site, api        = os.Getenv("SITE"), os.Getenv("API")
	key, secret      = os.Getenv("KEY"), os.Getenv("SECRET")
	callback         = os.Getenv("CALLBACK")
	below            = site + "/api/1.0/oauth"
	authorize, token = site + "/site/oauth2/authorize", site + "/site/oauth2/access_token"
)

func must[Value any](value Value, err error) Value {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return value
}

// The parameters of the address to which the address that is to be visited leads.
func visit(address string) url.Values {
	fmt.Println(string(must(json.Marshal(map[string]string{"visit": address}))))
	line := must(bufio.NewReader(os.Stdin).ReadString('\n'))
	return must(url.Parse(strings.TrimSpace(line))).Query()
}

func usernameOf(response *http.Response, err error) string {
	defer must(response, err).Body.Close()
	var user struct{ Username string }
	must(0, json.NewDecoder(response.Body).Decode(&user))
	return user.Username
}

func xOAuth2() string {
	ctx := context.Background()
	config := oauth2.Config{
		ClientID: key, ClientSecret: secret, RedirectURL: callback,
		Endpoint: oauth2.Endpoint{AuthURL: authorize, TokenURL: token},
	}
	answer := visit(config.AuthCodeURL("the-state"))
	first := must(config.Exchange(ctx, answer.Get("code")))
	// Without an access token the source has to refresh at once.
	client := oauth2.NewClient(ctx, config.TokenSource(ctx, &oauth2.Token{RefreshToken: first.RefreshToken}))
	own := clientcredentials.Config{ClientID: key, ClientSecret: secret, TokenURL: token}
	must(own.Token(ctx))
	if os.Getenv("CONTRACT") == "2017" {
		must(config.PasswordCredentialsToken(ctx, "demo", "demo"))
	}
	return usernameOf(client.Get(api + "/2.0/user"))
}

func gomoduleOAuth1() string {
	client := gomodule.Client{
		Credentials:                   gomodule.Credentials{Token: key, Secret: secret},
		TemporaryCredentialRequestURI: below + "/request_token",
		ResourceOwnerAuthorizationURI: below + "/authenticate",
		TokenRequestURI:               below + "/access_token",
	}
	temporary := must(client.RequestTemporaryCredentials(nil, callback, nil))
	answer := visit(client.AuthorizationURL(temporary, nil))
	credentials, _, err := client.RequestToken(nil, temporary, answer.Get("oauth_verifier"))
	must(credentials, err)
	if name := usernameOf(client.Get(nil, nil, api+"/2.0/user", nil)); name != "demo" {
		must(name, fmt.Errorf("two legs acted for %q", name))
	}
	return usernameOf(client.Get(nil, credentials, api+"/2.0/user", nil))
}

func mrjonesOAuth() string {
	consumer := mrjones.NewConsumer(key, secret, mrjones.ServiceProvider{
		RequestTokenUrl:   below + "/request_token",
		AuthorizeTokenUrl: below + "/authenticate",
		AccessTokenUrl:    below + "/access_token",
		HttpMethod:        http.MethodPost,
	})
	requestToken, address, err := consumer.GetRequestTokenAndUrl(callback)
	must(requestToken, err)
	accessToken := must(consumer.AuthorizeToken(requestToken, visit(address).Get("oauth_verifier")))
	client := must(consumer.MakeHttpClient(accessToken))
	return usernameOf(client.Get(api + "/2.0/user"))
}

func main() {
	clients := map[string]struct {
		run           func() string
		debianPackage string
	}{
		"golang.org/x/oauth2":        {xOAuth2, "golang-golang-x-oauth2-dev"},
		"github.com/gomodule/oauth1": {gomoduleOAuth1, "golang-github-gomodule-oauth1-dev"},
		"github.com/mrjones/oauth":   {mrjonesOAuth, "golang-github-mrjones-oauth-dev"},
	}
	client := clients[os.Args[1]]
	username := client.run()
	version := must(exec.Command("dpkg-query", "-W", "-f", "${source:Upstream-Version}", client.debianPackage).Output())
	fmt.Println(string(must(json.Marshal(map[string]string{"version": string(version), "username": username}))))
}
