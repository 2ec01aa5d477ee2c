import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AccessRequest, CredentialClient } from '@nootropic/core'
import { endOf, isGone } from './answer-end.ts'
import { incomingCredential, readOwn } from './bearer.ts'
import { type Admission, createGate, type GateOptions, type GuardedOperation } from './gate.ts'
import { type GuardRefusal, refusalOf } from './refusal.ts'

/** What a guard of `node:http` handlers is made of. */
export interface NodeGuardOptions extends GateOptions {
  /**
   * What a request asks for, from its method, address and fields.
   *
   * @throws NootropicError `USAGE` or `INPUT_INVALID` for a request that asks for nothing known: it is answered with 400.
   * `CREDENTIAL_INVALID` for a wrong proof of a second factor: 401.
   */
  readonly operationOf: (
    request: IncomingMessage,
    subject: AccessRequest['subject'],
  ) => GuardedOperation | Promise<GuardedOperation>
  /** The credential of a request; without it, that of `Authorization: Bearer …`. */
  readonly credentialOf?: (request: IncomingMessage) => string | undefined
  /** What a session may be bound to, such as the digest of the client's certificate. */
  readonly clientOf?: (request: IncomingMessage) => CredentialClient
}

/** A handler that runs only for requests that were let through. */
export type GuardedNodeHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  admission: Admission,
) => void | Promise<void>

const refuse = (response: ServerResponse, { status, fields, body }: GuardRefusal): void => {
  if (response.headersSent) {
    response.destroy() // an answer that was begun must not look whole
    return
  }
  for (const name of response.getHeaderNames()) response.removeHeader(name)
  response.writeHead(status, { ...fields, 'content-length': Buffer.byteLength(body) }).end(body)
}

/**
 * Guards a handler of `node:http`, and of what is built on it (Express, Connect): authenticate, authorise, reserve, run,
 * settle. Refusals are 401, 403, 429 (with RateLimit fields) and 503 where a check could not be made; none says why.
 *
 * The quotas are settled when the answer has been sent or the connection has ended.
 *
 * @example
 * ```ts
 * const guard = createNodeGuard({
 *   authenticator: keys, authorizer, quotas, audit: (entry) => log.append(entry),
 *   operationOf: ({ url = '/' }) => ({ action: { name: 'execute' }, resource: { type: 'model', id: url.slice(1) } }),
 * })
 * createServer(guard((request, response, { subject }) => void response.end(subject.id))).listen(8080)
 * ```
 */
export const createNodeGuard = (
  options: NodeGuardOptions,
): ((handler: GuardedNodeHandler) => (request: IncomingMessage, response: ServerResponse) => Promise<void>) => {
  const { operationOf, credentialOf = incomingCredential, clientOf, onError = () => {} } = options
  const gate = createGate(options)
  return (handler) => async (request, response) => {
    const ended = endOf(request, response)
    const answer = await gate.admit(
      readOwn(() => credentialOf(request), onError),
      (subject) => operationOf(request, subject),
      clientOf === undefined ? undefined : readOwn(() => clientOf(request), onError),
    )
    if (!answer.admitted) return refuse(response, answer)
    const finish = (outcome: 'succeeded' | 'failed', reason?: string): Promise<void> =>
      answer.finish(outcome, reason).catch(onError)
    if (isGone(request, response)) return finish('failed', 'the caller went away')
    void ended.then((end) => {
      if (end === 'cut off') return finish('failed', 'the caller went away')
      const { statusCode } = response
      return statusCode < 500 ? finish('succeeded') : finish('failed', `status ${statusCode}`)
    })
    for (const [name, value] of Object.entries(answer.fields)) response.setHeader(name, value)
    try {
      await handler(request, response, answer)
    } catch (error) {
      onError(error)
      // Before it is told: a caller that asks again must find it settled.
      await finish('failed', 'the handler failed')
      refuse(response, refusalOf(500))
    }
  }
}
