// What a caller is told: enough to act on, nothing about what exists, which rule decided or what failed (ASVS 16.5.1).
const titles = {
  400: 'The request cannot be understood',
  401: 'A valid credential is needed',
  403: 'This is not allowed',
  429: 'A quota is used up',
  500: 'The request failed',
  503: 'The request cannot be carried out now',
} as const
/** The HTTP status of a refusal. */
export type RefusalStatus = keyof typeof titles

/** Why a request was not let through, as its caller may see it. */
export interface GuardRefusal {
  readonly admitted: false
  readonly status: RefusalStatus
  /** Fields of the answer, names in lower case. */
  readonly fields: Readonly<Record<string, string>>
  /** A problem document (RFC 9457) without detail. */
  readonly body: string
}

/** The answer to a request that was not let through. */
export const refusalOf = (status: RefusalStatus, fields: Readonly<Record<string, string>> = {}): GuardRefusal => ({
  admitted: false,
  status,
  fields: {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    // RFC 9110, section 11.6.1: a 401 says how to authenticate.
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...fields,
  },
  body: JSON.stringify({ title: titles[status], status }),
})
