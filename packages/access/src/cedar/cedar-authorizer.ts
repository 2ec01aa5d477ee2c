import {
  type AccessDecision,
  type AccessRequest,
  type Authorizer,
  type Clock,
  NootropicError,
  type Random,
  systemClock,
  systemRandom,
} from '@nootropic/core'
import { parseAccessRequest } from '../authorisation/authorizer.ts'
import { deny, quoteFirst } from '../authorisation/explanation.ts'
import { narrowToScopes } from '../scope.ts'
import { type CedarQuestion, knownEntities, toCedarQuestion } from './cedar-request.ts'
import { type CedarEngine, type CedarEntity, loadCedar, problemsOf } from './engine.ts'
import { slicePolicies } from './policy-slices.ts'

/** What Cedar decides by. */
export interface CedarAuthorizerOptions {
  /** One static policy each, by id. */
  readonly policies: Readonly<Record<string, string>>
  /** Facts of the host: groups, owners, attributes. They stand above what a request says. */
  readonly entities?: readonly CedarEntity[]
  /** A Cedar schema: policies that do not fit it are refused. Requests are not checked by it. */
  readonly schema?: string
  readonly clock?: Clock
  readonly random?: Random
  /** Loads the engine; `@cedar-policy/cedar-wasm` by default. */
  readonly load?: () => Promise<CedarEngine>
}

const refuse = (message: string): never => {
  throw new NootropicError('CONFIGURATION_INVALID', message)
}

/**
 * Decides requests by Cedar policies, and within the scopes of the credential they came with: default deny, a forbid
 * wins. Unlike Cedar itself, which skips it, a policy that cannot be evaluated denies.
 *
 * The engine keeps parsed policies until the process ends: open one authorizer for each set of policies, not for each
 * request.
 *
 * @throws NootropicError `PEER_DEPENDENCY_MISSING` without the package `@cedar-policy/cedar-wasm`,
 * `CONFIGURATION_INVALID` for wrong policies; a call throws `USAGE` for a request that is not one.
 * @example
 * ```ts
 * const authorizer = await openCedarAuthorizer({
 *   policies: { analysts: 'permit(principal in Role::"analyst", action == Action::"execute", resource is model);' },
 * })
 * ```
 */
export const openCedarAuthorizer = async (options: CedarAuthorizerOptions): Promise<Authorizer> => {
  const { policies, entities = [], schema, clock = systemClock, random = systemRandom, load } = options
  const engine = await loadCedar(load)
  const slices = slicePolicies(engine, policies, random.uuid())
  if (schema !== undefined) {
    const checked = engine.validate({ schema, policies: { staticPolicies: policies } })
    if (checked.type === 'failure') refuse(`expected a Cedar schema and policies, found: ${problemsOf(checked.errors)}`)
    else if (checked.validationErrors.length > 0) {
      const found = problemsOf(checked.validationErrors.map(({ error }) => error))
      refuse(`expected Cedar policies that fit the schema, found: ${found}`)
    }
  }
  const known = knownEntities(entities)
  const order = new Map(Object.keys(policies).map((id, position) => [id, position]))
  const inOrder = (ids: ReadonlySet<string>): string[] =>
    [...ids].sort((left, right) => (order.get(left) ?? 0) - (order.get(right) ?? 0))

  const ask = ({ resources, ...question }: Exclude<CedarQuestion, { refusal: string }>): AccessDecision => {
    const permits = new Set<string>()
    const forbids = new Set<string>()
    const errors = new Map<string, string>()
    for (const preparsedPolicySetId of slices.setsFor(question.action, resources)) {
      const answer = engine.statefulIsAuthorized({ ...question, preparsedPolicySetId })
      if (answer.type === 'failure') return deny(`Cedar cannot take the request: ${problemsOf(answer.errors)}`)
      const { decision, diagnostics } = answer.response
      for (const id of diagnostics.reason) (decision === 'allow' ? permits : forbids).add(id)
      for (const { policyId, error } of diagnostics.errors) errors.set(policyId, error.message)
    }
    const denials = inOrder(new Set([...errors.keys(), ...forbids]))
    const failed = denials.find((id) => errors.has(id))
    if (failed !== undefined) {
      return deny(`policy ${JSON.stringify(failed)} cannot be evaluated: ${errors.get(failed)}`, denials)
    }
    if (denials.length > 0) return deny(`forbidden by ${quoteFirst(denials)}`, denials)
    const rules = inOrder(permits)
    if (rules.length > 0) return { decision: true, context: { reason: `permitted by ${quoteFirst(rules)}`, rules } }
    const { principal, action, resource } = question
    const asked = `${principal.type} ${JSON.stringify(principal.id)} to ${JSON.stringify(action.id)} ${resource.type} ${JSON.stringify(resource.id)}`
    return deny(`no Cedar policy permits ${asked}`)
  }

  const decideOn = (request: AccessRequest): AccessDecision => {
    const question = toCedarQuestion(request, known, clock.now())
    return 'refusal' in question ? deny(question.refusal) : ask(question)
  }

  return {
    async authorize(input) {
      const request = parseAccessRequest(input)
      const { subject } = request
      try {
        const answer = decideOn(request)
        const { ownerRoles } = subject.properties ?? {}
        if (!answer.decision || ownerRoles === undefined) return narrowToScopes(request, answer)
        // A credential with fewer roles than its owner has no more rights: both must be permitted.
        const owner = { ...subject, properties: { ...subject.properties, roles: ownerRoles } }
        const forOwner = decideOn({ ...request, subject: owner })
        return forOwner.decision ? narrowToScopes(request, answer) : forOwner
      } catch (cause) {
        throw new NootropicError('INTERNAL', 'expected Cedar to answer, found that it failed; nothing was decided', {
          cause,
        })
      }
    },
  }
}
