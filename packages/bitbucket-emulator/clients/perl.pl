# `perl perl.pl CLIENT`: one client of Debian's Perl signs in at the emulator; see run.ts for what is asked.
use strict;
use warnings;
use JSON::PP;
use LWP::UserAgent;
use URI;

my ($site, $api, $key, $secret, $callback) = @ENV{qw(SITE API KEY SECRET CALLBACK)};
my $authorize = "$site/site/oauth2/authorize";
my $token     = "$site/site/oauth2/access_token";
$| = 1;

# The parameters of the address to which the address that is to be visited leads.
sub visit {
    my ($url) = @_;
    print encode_json({ visit => "$url" }), "\n";
    chomp(my $line = <STDIN>);
    return URI->new($line)->query_form;
}

my %clients = (
    'LWP::Authen::OAuth2' => sub {
        require LWP::Authen::OAuth2;
        my $client = LWP::Authen::OAuth2->new(
            client_id              => $key,
            client_secret          => $secret,
            redirect_uri           => $callback,
            authorization_endpoint => $authorize,
            token_endpoint         => $token,
        );
        my %answer = visit($client->authorization_url(state => 'the-state'));
        $client->request_tokens(code => $answer{code});
        return decode_json($client->get("$api/2.0/user")->content)->{username};
    },
    'Net::OAuth2' => sub {
        require Net::OAuth2::Profile::WebServer;
        my $client = Net::OAuth2::Profile::WebServer->new(
            client_id        => $key,
            client_secret    => $secret,
            site             => $site,
            authorize_path   => '/site/oauth2/authorize',
            access_token_path => '/site/oauth2/access_token',
            refresh_token_path => '/site/oauth2/access_token',
            redirect_uri     => $callback,
        );
        my %answer = visit($client->authorize(state => 'the-state'));
        my $access = $client->get_access_token($answer{code});
        $access->refresh;
        return decode_json($access->get("$api/2.0/user")->content)->{username};
    },
);

my $name     = $ARGV[0];
my $username = $clients{$name}->();
my $module   = $name eq 'Net::OAuth2' ? 'Net::OAuth2' : $name;
eval "require $module";
print encode_json({ version => $module->VERSION . '', username => $username }), "\n";
