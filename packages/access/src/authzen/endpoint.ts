import {
  type AccessDecision,
  type AccessRequest,
  type Authorizer,
  isNootropicError,
  NootropicError,
} from '@nootropic/core'
import { parseBatch, parseEvaluation } from './authzen-request.ts'
import type { Catalogue } from './catalogue.ts'
import { interfacePaths, metadataOf, parseDecisionPointUrl } from './metadata.ts'
import { readJsonBody } from './read-body.ts'
import { type SearchKind, search } from './search.ts'

/** How an AuthZEN endpoint decides and whom it answers. */
export interface AuthzenEndpointOptions {
  readonly authorizer: Authorizer
  /** Its own URL, such as `https://pdp.example.org`: https, no query, no fragment. */
  readonly policyDecisionPoint: string
  /**
   * Finds out whether the caller, a policy enforcement point, may ask: its word on subjects is believed. Rejects with
   * `CREDENTIAL_INVALID` (answered 401) or `ACCESS_DENIED` (403). The metadata is public.
   */
  readonly authenticateCaller: (request: Request) => void | Promise<void>
  /** What searches look through, and facts that stand above what a request says. Without it there are no searches. */
  readonly catalogue?: Catalogue
  /**
   * What a caller is told: the decision and a missing authentication only, or the rules and nearest grants too, which say
   * what exists. `decision` by default.
   */
  readonly disclose?: 'decision' | 'explanation'
  /**
   * Is told of each evaluation, for the audit log; of searches not, which decide many times. If it rejects, the caller gets
   * no decision.
   */
  readonly onDecision?: (request: AccessRequest, answer: AccessDecision) => void | Promise<void>
  /** Is told of errors that the caller is only told "internal error" of. */
  readonly onError?: (error: unknown) => void
}

/** Answers a request to the endpoint. Rejects never. */
export type AuthzenEndpoint = (request: Request) => Promise<Response>

type Decided = { decision: boolean; context?: object }

const statusOf = (error: unknown): number => {
  if (!isNootropicError(error)) return 500
  if (error.code === 'USAGE') return 400
  if (error.code === 'LIMIT_EXCEEDED') return 413
  if (error.code === 'CREDENTIAL_INVALID') return 401
  return error.code === 'ACCESS_DENIED' ? 403 : 500
}

const messageOf = (error: unknown, status: number): string =>
  isNootropicError(error) && status !== 500 ? `${error.code}: ${error.message}` : 'internal error'

const json = (body: object): Response =>
  new Response(JSON.stringify(body), {
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' },
  })

const refusal = (status: number, message: string, headers: Record<string, string> = {}): Response =>
  new Response(message, {
    status,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
      ...headers,
    },
  })

/**
 * A policy decision point with the interface of OpenID AuthZEN 1.0: evaluation, evaluations, searches and metadata, as a
 * function from `Request` to `Response` for any host. A denial is an answer (200); a request that cannot be asked is 400;
 * where nothing can be decided it is 500, never a decision.
 *
 * @throws NootropicError `CONFIGURATION_INVALID` for a wrong URL.
 * @example
 * ```ts
 * const endpoint = createAuthzenEndpoint({ authorizer, policyDecisionPoint: 'https://pdp.example.org', authenticateCaller })
 * await endpoint(new Request('https://pdp.example.org/access/v1/evaluation', { method: 'POST', headers, body }))
 * ```
 */
export const createAuthzenEndpoint = (options: AuthzenEndpointOptions): AuthzenEndpoint => {
  const { authorizer, authenticateCaller, catalogue, disclose = 'decision', onDecision, onError = () => {} } = options
  const place = parseDecisionPointUrl(options.policyDecisionPoint)

  const ask = (request: AccessRequest): Promise<AccessDecision> =>
    authorizer.authorize(catalogue?.enrich(request) ?? request)

  const decide = async (request: AccessRequest): Promise<Decided> => {
    const answer = await ask(request)
    await onDecision?.(request, answer)
    // Not "truthy": whatever an authorizer returns, only true permits.
    const decision = answer.decision === true
    const { stepUp } = answer.context
    if (disclose === 'explanation') return { decision, context: answer.context }
    return stepUp === undefined ? { decision } : { decision, context: { stepUp } }
  }

  const failed = (error: unknown): Decided => {
    const status = statusOf(error)
    if (status === 500) onError(error)
    return { decision: false, context: { error: { status, message: messageOf(error, status) } } }
  }

  const evaluateAll = async (body: unknown): Promise<object> => {
    const batch = parseBatch(body)
    if (!('evaluations' in batch)) return decide(batch)
    const answers: Decided[] = []
    for (const item of batch.evaluations) {
      const answer = item instanceof NootropicError ? failed(item) : await decide(item).catch(failed)
      answers.push(answer)
      if (batch.semantic === 'deny_on_first_deny' && !answer.decision) break
      if (batch.semantic === 'permit_on_first_permit' && answer.decision) break
    }
    return { evaluations: answers }
  }

  const find = (kind: SearchKind, known: Catalogue) => (body: unknown) =>
    search(kind, body, known, async (request) => (await ask(request)).decision === true)

  const interfaces = new Map<string, (body: unknown) => Promise<object>>([
    [interfacePaths.evaluation, async (body) => decide(parseEvaluation(body))],
    [interfacePaths.evaluations, evaluateAll],
  ])
  if (catalogue !== undefined) {
    for (const kind of ['subject', 'resource', 'action'] as const) {
      interfaces.set(interfacePaths[kind], find(kind, catalogue))
    }
  }

  const answer = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url)
    if (pathname === place.metadataPath) {
      if (request.method !== 'GET') return refusal(405, 'USAGE: expected GET, found another method', { allow: 'GET' })
      return json(metadataOf(place, catalogue !== undefined))
    }
    const handle = pathname.startsWith(place.path) ? interfaces.get(pathname.slice(place.path.length)) : undefined
    if (handle === undefined) return refusal(404, 'USAGE: expected a path of AuthZEN 1.0, found another')
    if (request.method !== 'POST') return refusal(405, 'USAGE: expected POST, found another method', { allow: 'POST' })
    await authenticateCaller(request)
    return json(await handle(await readJsonBody(request)))
  }

  return async (request) => {
    const response = await answer(request).catch((error: unknown) => {
      const status = statusOf(error)
      if (status === 500) onError(error)
      return refusal(status, messageOf(error, status))
    })
    const id = request.headers.get('x-request-id')
    if (id !== null) response.headers.set('x-request-id', id)
    return response
  }
}
