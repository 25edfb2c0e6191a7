// Run where api.bitbucket.org is an emulator: the Bitbucket platform of Renovate, with a token and not one address.
const hostRules = require("renovate/dist/util/host-rules")
const platform = require("renovate/dist/modules/platform/bitbucket")

async function main([token]) {
  hostRules.add({ hostType: "bitbucket", matchHost: "https://api.bitbucket.org/", token })
  const { endpoint } = await platform.initPlatform({ token })
  process.stdout.write(JSON.stringify({ endpoint, repositories: await platform.getRepos({}) }))
}

void main(process.argv.slice(2))
