import type { IncomingMessage } from 'node:http'

// Longer than any credential of ours, shorter than what would make the check slow (CWE-770).
const maximumLength = 4096
// RFC 6750, section 2.1. Two credentials in one field, joined by a comma, are none.
const pattern = /^Bearer +([A-Za-z0-9\-._~+/]+=*)$/i

/** The credential in an Authorization field, or undefined if it holds none of this form. */
export const bearerCredential = (field: string | null | undefined): string | undefined =>
  field === null || field === undefined || field.length > maximumLength ? undefined : pattern.exec(field)?.[1]

/** The credential of a request to `node:http`, for hosts whose framework has hooks of its own. */
export const incomingCredential = ({ headersDistinct: { authorization } }: IncomingMessage): string | undefined =>
  // Node keeps the first of several Authorization fields; another server in front may have looked at the last.
  authorization?.length === 1 ? bearerCredential(authorization[0]) : undefined

/** What a host's own reader finds. One that throws has found none. */
export const readOwn = <Found>(read: () => Found, onError: (error: unknown) => void): Found | undefined => {
  try {
    return read()
  } catch (error) {
    onError(error)
    return undefined
  }
}
