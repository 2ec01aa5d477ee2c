import type { QuotaState } from './counter.ts'

// draft-ietf-httpapi-ratelimit-headers: "content-bytes" is registered there, "requests" is what holds without a unit.
const units: Readonly<Record<QuotaState['measure'], string>> = {
  requests: '',
  tokens: ';qu="tokens"',
  bytes: ';qu="content-bytes"',
  'compute-seconds': ';qu="compute-seconds"',
}

/**
 * The fields of an answer that tell a caller where its quotas stand: `RateLimit-Policy` and `RateLimit` of
 * draft-ietf-httpapi-ratelimit-headers, and `Retry-After` (RFC 9110, section 10.2.3) where it is to wait. No partition key
 * is sent: it would say who else is counted with the caller.
 *
 * @example
 * ```ts
 * rateLimitFields([{ id: 'per-minute', measure: 'requests', limit: 60, windowSeconds: 60, remaining: 12, resetSeconds: 31 }])
 * // { 'ratelimit-policy': '"per-minute";q=60;w=60', ratelimit: '"per-minute";r=12;t=31' }
 * ```
 */
export const rateLimitFields = (
  states: readonly QuotaState[],
  retryAfterSeconds?: number,
): Readonly<Record<string, string>> => ({
  // A List of structured fields has at least one member: without quotas there is no field.
  ...(states.length === 0
    ? {}
    : {
        'ratelimit-policy': states
          .map(({ id, limit, windowSeconds, measure }) => `"${id}";q=${limit};w=${windowSeconds}${units[measure]}`)
          .join(', '),
        ratelimit: states
          .map(({ id, remaining, resetSeconds }) => `"${id}";r=${remaining};t=${resetSeconds}`)
          .join(', '),
      }),
  ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
})
