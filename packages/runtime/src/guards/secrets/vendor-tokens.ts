import { endsInAtlassianCrc, endsInBase62Crc, endsInHexadecimalCrc, hasJsonHead } from './checksums.ts'
import type { SecretForm } from './secret-form.ts'

// No letter, digit or underscore at either end: a longer word is something else.
const wordEnd = '(?![A-Za-z0-9_])'

/**
 * Nor, before it, another character that the secret itself may have: else every part of a long one would start the next,
 * and be read again.
 */
const wordStart = (body: string): string => {
  const inside = [...'-+/.'].filter((character) =>
    new RegExp(`\\[[^\\]]*\\${character}[^\\]]*\\]`).test(body.replace(/\w-\w/g, '')),
  )
  return `(?<![A-Za-z0-9_${inside.map((character) => `\\${character}`).join('')}])`
}

interface Rest {
  readonly confidence?: number
  /** What has to stand before it. */
  readonly before?: string
  readonly isChecked?: (secret: string) => boolean
  readonly source?: string
}

const byMaker = "the maker's documentation"

/** A token: its prefix as it is written, and the expression of what follows. */
const token = (id: string, name: string, prefix: string, body: string, rest: Rest = {}): SecretForm => ({
  id,
  name,
  prefix,
  form: new RegExp(`${rest.before ?? wordStart(body)}${prefix.replace(/[.+]/g, '\\$&')}${body}${wordEnd}`, 'y'),
  confidence: rest.confidence ?? 0.9,
  source: rest.source ?? byMaker,
  ...(rest.isChecked === undefined ? {} : { isChecked: rest.isChecked }),
})

const azure = 'Microsoft, connection strings of Azure Storage and Service Bus'
const githubFormat = { isChecked: endsInBase62Crc, source: "GitHub's announcement of its token formats, April 2021" }

/** The tokens of sources and packages. */
const development: readonly SecretForm[] = [
  ...['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'].map((prefix) =>
    token('github-token', 'GitHub token', prefix, '[A-Za-z0-9]{36}', githubFormat),
  ),
  token('github-token', 'GitHub fine-grained token', 'github_pat_', '[A-Za-z0-9]{22}_[A-Za-z0-9]{59}'),
  token('npm-token', 'npm access token', 'npm_', '[A-Za-z0-9]{36}', githubFormat),
  token('pypi-token', 'PyPI token', 'pypi-', 'Ag[A-Za-z0-9_-]{50,300}'),
  ...['glpat-', 'gldt-', 'glptt-', 'glrt-', 'glcbt-', 'glsoat-', 'glft-'].map((prefix) =>
    token('gitlab-token', 'GitLab token', prefix, '[A-Za-z0-9_.-]{20,60}'),
  ),
  token('rubygems-token', 'RubyGems key', 'rubygems_', '[a-f0-9]{48}'),
  token('nuget-token', 'NuGet key', 'oy2', '[a-z0-9]{43}', { confidence: 0.7 }),
  token('crates-token', 'crates.io token', 'cio', '[A-Za-z0-9]{32}', { confidence: 0.7 }),
  token('clojars-token', 'Clojars token', 'CLOJARS_', '[a-z0-9]{60}'),
  token('docker-token', 'Docker Hub token', 'dckr_pat_', '[A-Za-z0-9_-]{27}'),
  token('docker-token', 'Docker Hub organisation token', 'dckr_oat_', '[A-Za-z0-9_-]{32}'),
  token('atlassian-token', 'Atlassian token', 'ATATT3xFf', '[A-Za-z0-9_-]{80,260}=[A-F0-9]{8}', {
    isChecked: endsInAtlassianCrc,
  }),
  token('bitbucket-token', 'Bitbucket app password', 'ATBB', '[A-Za-z0-9]{32}', { confidence: 0.8 }),
  token('postman-token', 'Postman key', 'PMAK-', '[a-f0-9]{24}-[a-f0-9]{34}'),
  token('figma-token', 'Figma token', 'figd_', '[A-Za-z0-9_-]{40}'),
  token('notion-token', 'Notion token', 'ntn_', '[0-9]{11}[A-Za-z0-9]{35}'),
  token('notion-token', 'Notion secret', 'secret_', '[A-Za-z0-9]{43}', { confidence: 0.75 }),
  token('airtable-token', 'Airtable token', 'pat', '[A-Za-z0-9]{14}\\.[a-f0-9]{64}'),
  token('sentry-token', 'Sentry user token', 'sntryu_', '[a-f0-9]{64}'),
  token(
    'sentry-token',
    'Sentry organisation token',
    'sntrys_',
    'eyJ[A-Za-z0-9+/_-]{40,300}={0,2}[A-Za-z0-9+/_-]{0,100}',
  ),
  token('readme-token', 'ReadMe key', 'rdme_', '[a-z0-9]{70}'),
  token('typeform-token', 'Typeform token', 'tfp_', '[A-Za-z0-9_.=-]{40,80}'),
  token(
    'doppler-token',
    'Doppler token',
    'dp.',
    '(?:pt|st|ct|sa|scim|audit)\\.(?:[a-z0-9_-]{2,35}\\.)?[A-Za-z0-9]{40,44}',
  ),
  token('linear-token', 'Linear client token', 'lin_oauth_', '[a-f0-9]{64}'),
]

/** The tokens of clouds and operations. */
const clouds: readonly SecretForm[] = [
  token('google-api-key', 'Google API key', 'AIza', '[A-Za-z0-9_-]{35}'),
  token('google-oauth-secret', 'Google OAuth client secret', 'GOCSPX-', '[A-Za-z0-9_-]{28}'),
  token('google-oauth-token', 'Google OAuth token', 'ya29.', '[A-Za-z0-9_-]{20,250}'),
  ...['dop_v1_', 'doo_v1_', 'dor_v1_'].map((prefix) =>
    token('digitalocean-token', 'DigitalOcean token', prefix, '[a-f0-9]{64}'),
  ),
  token('heroku-token', 'Heroku key', 'HRKU-', '[A-Za-z0-9_-]{36,60}'),
  token('databricks-token', 'Databricks token', 'dapi', '[a-f0-9]{32}(?:-\\d)?', { confidence: 0.85 }),
  token('grafana-token', 'Grafana service account token', 'glsa_', '[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}', {
    isChecked: endsInHexadecimalCrc,
  }),
  token('grafana-token', 'Grafana Cloud token', 'glc_', 'eyJ[A-Za-z0-9+/]{40,400}={0,2}'),
  token('new-relic-key', 'New Relic key', 'NRAK-', '[A-Z0-9]{27}'),
  token('new-relic-key', 'New Relic insights key', 'NRII-', '[A-Za-z0-9_-]{32}'),
  token('netlify-token', 'Netlify token', 'nfp_', '[A-Za-z0-9]{36}'),
  token('planetscale-token', 'PlanetScale token', 'pscale_', '(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{32,64}'),
  token('supabase-token', 'Supabase token', 'sbp_', '[a-f0-9]{40}'),
  token('pulumi-token', 'Pulumi token', 'pul-', '[a-f0-9]{40}'),
  token('vault-token', 'HashiCorp Vault token', 'hvs.', '[A-Za-z0-9_-]{24,200}'),
  token('vault-token', 'HashiCorp Vault batch token', 'hvb.', '[A-Za-z0-9_-]{100,300}'),
  token('cloudflare-key', 'Cloudflare origin CA key', 'v1.0-', '[a-f0-9]{24}-[a-f0-9]{146}'),
  token('alibaba-key', 'Alibaba Cloud access key', 'LTAI', '[A-Za-z0-9]{16,24}', { confidence: 0.75 }),
  token('tencent-key', 'Tencent Cloud secret id', 'AKID', '[A-Za-z0-9]{32}', { confidence: 0.75 }),
  token('yandex-key', 'Yandex Cloud API key', 'AQVN', '[A-Za-z0-9_-]{35,38}', { confidence: 0.8 }),
  token('dynatrace-token', 'Dynatrace token', 'dt0c01.', '[A-Z0-9]{24}\\.[A-Z0-9]{64}'),
  token('prefect-token', 'Prefect key', 'pnu_', '[A-Za-z0-9]{36}'),
  token('scalingo-token', 'Scalingo token', 'tk-us-', '[A-Za-z0-9_-]{48}'),
  token(
    'tailscale-key',
    'Tailscale key',
    'tskey-',
    '(?:auth|api|client|scim|webhook)-[A-Za-z0-9]{10,20}-[A-Za-z0-9]{20,40}',
  ),
  token('fly-token', 'Fly.io token', 'FlyV1 ', 'fm[12]_[A-Za-z0-9+/_-]{60,600}={0,2}'),
]

/** The tokens of payments, mail and messages. */
const services: readonly SecretForm[] = [
  ...['sk_live_', 'rk_live_', 'sk_test_', 'rk_test_'].map((prefix) =>
    token('stripe-key', 'Stripe key', prefix, '[A-Za-z0-9]{16,247}', {
      confidence: prefix.includes('test') ? 0.8 : 0.95,
    }),
  ),
  token('stripe-key', 'Stripe webhook secret', 'whsec_', '[A-Za-z0-9+/=]{32,64}'),
  token('square-token', 'Square access token', 'sq0atp-', '[A-Za-z0-9_-]{22}'),
  token('square-token', 'Square secret', 'sq0csp-', '[A-Za-z0-9_-]{43}'),
  token('square-token', 'Square access token', 'EAAA', '[A-Za-z0-9_-]{60}', { confidence: 0.8 }),
  token('facebook-token', 'Facebook token', 'EAAC', '[A-Za-z0-9]{80,250}', { confidence: 0.8 }),
  token('twilio-key', 'Twilio API key', 'SK', '[a-f0-9]{32}', { confidence: 0.7 }),
  token('mailgun-key', 'Mailgun key', 'key-', '[a-f0-9]{32}', { confidence: 0.8 }),
  token('brevo-key', 'Brevo key', 'xkeysib-', '[a-f0-9]{64}-[A-Za-z0-9]{16}'),
  token('telegram-token', 'Telegram bot token', ':AA', '[A-Za-z0-9_-]{33}', { before: '(?<=(?<!\\d)(\\d{8,10}))' }),
  token('slack-token', 'Slack token', 'xoxe', '(?:\\.xox[bp])?-\\d-[A-Za-z0-9]{20,180}'),
  token('discord-webhook', 'Discord webhook', 'discord.com/api/webhooks/', '\\d{17,20}/[A-Za-z0-9_-]{60,80}'),
  token('discord-webhook', 'Discord webhook', 'discordapp.com/api/webhooks/', '\\d{17,20}/[A-Za-z0-9_-]{60,80}'),
  token(
    'teams-webhook',
    'Microsoft Teams webhook',
    '.webhook.office.com/',
    'webhookb2/[a-f0-9@/-]{60,200}[A-Za-z0-9/-]{0,60}',
  ),
  token('shippo-token', 'Shippo token', 'shippo_', '(?:live|test)_[a-f0-9]{40}'),
  token('easypost-key', 'EasyPost key', 'EZ', '[AT]K[A-Za-z0-9]{54}'),
  token('flutterwave-key', 'Flutterwave key', 'FLWSECK', '(?:_TEST)?-[A-Za-z0-9]{12,40}(?:-X)?'),
  token(
    'plaid-token',
    'Plaid access token',
    'access-',
    '(?:sandbox|development|production)-[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12}',
  ),
  token('mapbox-token', 'Mapbox secret token', 'sk.eyJ', '[A-Za-z0-9_-]{40,200}\\.[A-Za-z0-9_-]{20,40}'),
  token('dropbox-token', 'Dropbox token', 'sl.', '(?:u\\.)?[A-Za-z0-9_-]{120,300}', { confidence: 0.8 }),
]

/** The tokens of those who serve models. */
const models: readonly SecretForm[] = [
  token('openai-key', 'OpenAI key', 'sk-', '(?:proj|svcacct|admin)-[A-Za-z0-9_-]{40,180}'),
  token('openai-key', 'OpenAI key of a user', 'sk-', '[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}'),
  token('anthropic-key', 'Anthropic key', 'sk-ant-', '(?:api|admin|oat)\\d\\d-[A-Za-z0-9_-]{80,128}'),
  token('openrouter-key', 'OpenRouter key', 'sk-or-v1-', '[a-f0-9]{64}'),
  token('hugging-face-token', 'Hugging Face token', 'hf_', '[A-Za-z0-9]{34}'),
  token('hugging-face-token', 'Hugging Face organisation token', 'api_org_', '[A-Za-z]{34}'),
  token('replicate-token', 'Replicate token', 'r8_', '[A-Za-z0-9]{37}'),
  token('groq-key', 'Groq key', 'gsk_', '[A-Za-z0-9]{52}'),
  token('perplexity-key', 'Perplexity key', 'pplx-', '[A-Za-z0-9]{48}'),
  token('xai-key', 'xAI key', 'xai-', '[A-Za-z0-9]{80}'),
  token('nvidia-key', 'NVIDIA key', 'nvapi-', '[A-Za-z0-9_-]{64}'),
]

/** Forms that belong to no one maker. */
const general: readonly SecretForm[] = [
  token('jwt', 'JSON Web Token', 'eyJ', '[A-Za-z0-9_-]{14,2048}\\.[A-Za-z0-9_-]{2,4096}\\.[A-Za-z0-9_-]{10,1024}', {
    isChecked: hasJsonHead,
    confidence: 0.6,
    source: 'RFC 7519',
  }),
  token('age-key', 'age identity', 'AGE-SECRET-KEY-1', '[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}', {
    source: 'age-encryption.org/v1',
  }),
  token('azure-key', 'Azure shared key', 'AccountKey=', '[A-Za-z0-9+/]{86}==', { source: azure }),
  token('azure-key', 'Azure shared access key', 'SharedAccessKey=', '[A-Za-z0-9+/]{43}=', { source: azure }),
]

/** Every form that starts with something of its own. */
export const vendorTokens: readonly SecretForm[] = [...development, ...clouds, ...services, ...models, ...general]
