import type { AccessRequest, CredentialClient } from '@nootropic/core'
import { bearerCredential, readOwn } from './bearer.ts'
import { type Admission, createGate, type GateOptions, type GuardedOperation } from './gate.ts'
import { type GuardRefusal, refusalOf } from './refusal.ts'

/** What a guard of fetch-style handlers is made of. */
export interface FetchGuardOptions extends GateOptions {
  /**
   * What a request asks for. A body that it reads is gone for the handler: read a clone.
   *
   * @throws NootropicError `USAGE` or `INPUT_INVALID` for a request that asks for nothing known: it is answered with 400.
   * `CREDENTIAL_INVALID` for a wrong proof of a second factor: 401.
   */
  readonly operationOf: (
    request: Request,
    subject: AccessRequest['subject'],
  ) => GuardedOperation | Promise<GuardedOperation>
  /** The credential of a request; without it, that of `Authorization: Bearer …`. */
  readonly credentialOf?: (request: Request) => string | undefined
  /** What a session may be bound to, such as the digest of the client's certificate. */
  readonly clientOf?: (request: Request) => CredentialClient
}

/** A handler that runs only for requests that were let through. */
export type GuardedFetchHandler = (request: Request, admission: Admission) => Response | Promise<Response>

const refuse = ({ status, fields, body }: GuardRefusal): Response => new Response(body, { status, headers: fields })

/** Passes a body on and calls `onEnd` before its end is told, so that a failure of it is seen as a failure of the body. */
const withEnd = (
  body: ReadableStream<Uint8Array>,
  onEnd: (outcome: 'succeeded' | 'failed', reason?: string) => Promise<void>,
): ReadableStream<Uint8Array> => {
  const reader = body.getReader()
  let isCancelled = false
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      let part: Awaited<ReturnType<typeof reader.read>>
      try {
        part = await reader.read()
      } catch (error) {
        await onEnd('failed', 'the answer broke off')
        throw error
      }
      if (!part.done) return controller.enqueue(part.value)
      // To cancel ends what is being read as if it were whole, and at once: a source may take for ever to stop.
      if (isCancelled) return onEnd('failed', 'the caller went away')
      await onEnd('succeeded')
      controller.close()
    },
    async cancel(reason) {
      isCancelled = true
      try {
        await reader.cancel(reason)
      } finally {
        await onEnd('failed', 'the caller went away')
      }
    },
  })
}

/**
 * Guards a handler that takes a `Request` and gives a `Response`, as Hono, Deno, Bun and service workers do: authenticate,
 * authorise, reserve, run, settle. Refusals are 401, 403, 429 (with RateLimit fields) and 503 where a check could not be
 * made; none says why.
 *
 * The quotas are settled when the answer's body has been read to its end.
 *
 * @example
 * ```ts
 * const guard = createFetchGuard({
 *   authenticator: keys, authorizer, quotas, audit: (entry) => log.append(entry),
 *   operationOf: (request) => ({ action: { name: 'execute' }, resource: { type: 'model', id: new URL(request.url).pathname.slice(1) } }),
 * })
 * const handler = guard(async (request, { subject }) => Response.json({ hello: subject.id }))
 * ```
 */
export const createFetchGuard = (
  options: FetchGuardOptions,
): ((handler: GuardedFetchHandler) => (request: Request) => Promise<Response>) => {
  const { operationOf, clientOf, onError = () => {} } = options
  const credentialOf = options.credentialOf ?? ((request) => bearerCredential(request.headers.get('authorization')))
  const gate = createGate(options)
  return (handler) => async (request) => {
    const admission = await gate.admit(
      readOwn(() => credentialOf(request), onError),
      (subject) => operationOf(request, subject),
      clientOf === undefined ? undefined : readOwn(() => clientOf(request), onError),
    )
    if (!admission.admitted) return refuse(admission)
    const fail = async (error: unknown, reason: string): Promise<Response> => {
      onError(error)
      await admission.finish('failed', reason).catch(onError)
      return refuse(refusalOf(500))
    }
    let response: Response
    try {
      response = await handler(request, admission)
      if (!(response instanceof Response)) throw new TypeError('expected the handler to give a Response')
    } catch (error) {
      return fail(error, 'the handler failed')
    }
    const { status, statusText } = response
    const end = async (outcome: 'succeeded' | 'failed', reason?: string): Promise<void> => {
      const isFailed = status >= 500 || outcome === 'failed'
      try {
        await admission.finish(isFailed ? 'failed' : 'succeeded', isFailed ? (reason ?? `status ${status}`) : undefined)
      } catch (error) {
        onError(error)
        throw error
      }
    }
    try {
      const headers = new Headers(response.headers)
      for (const [name, value] of Object.entries(admission.fields)) headers.set(name, value)
      // RFC 9110, section 9.3.2: the answer to HEAD has no content, so nobody would read it to its end.
      if (request.method === 'HEAD') await response.body?.cancel().catch(onError)
      else if (response.body !== null) {
        return new Response(withEnd(response.body, end), { status, statusText, headers })
      }
      const answer = new Response(null, { status, statusText, headers })
      return await end('succeeded').then(
        () => answer,
        () => refuse(refusalOf(503)),
      )
    } catch (error) {
      return fail(error, 'the answer cannot be sent')
    }
  }
}
