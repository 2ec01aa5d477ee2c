import { NootropicError } from '@nootropic/core'

interface Problem {
  readonly message: string
}
type Failure = { readonly type: 'failure'; readonly errors: readonly Problem[] }

/** A constraint in the scope of a policy, as Cedar's JSON policy format has it. */
export interface ScopeConstraint {
  readonly op: 'All' | '==' | 'in' | 'is'
  readonly entity?: CedarUid | { readonly __entity: CedarUid }
  readonly in?: { readonly entity?: CedarUid | { readonly __entity: CedarUid } }
}

/** A type and an id. */
export interface CedarUid {
  readonly type: string
  readonly id: string
}

/** The same text for the same type and id, and for no others. */
export const keyOf = ({ type, id }: CedarUid): string => JSON.stringify([type, id])

/** Something that policies speak of, in Cedar's JSON entity format. */
export interface CedarEntity {
  readonly uid: CedarUid
  readonly attrs: Readonly<Record<string, unknown>>
  readonly parents: readonly CedarUid[]
}

/** One question to a policy set that was parsed before. */
interface CedarCall {
  readonly principal: CedarUid
  readonly action: CedarUid
  readonly resource: CedarUid
  readonly context: Readonly<Record<string, unknown>>
  readonly preparsedPolicySetId: string
  readonly entities: readonly CedarEntity[]
}

/** What is used of `@cedar-policy/cedar-wasm`. */
export interface CedarEngine {
  policyToJson(policy: string):
    | Failure
    | {
        readonly type: 'success'
        readonly json: { readonly action: ScopeConstraint; readonly resource: ScopeConstraint }
      }
  preparsePolicySet(
    id: string,
    policies: { readonly staticPolicies: Readonly<Record<string, string>> },
  ): Failure | { readonly type: 'success' }
  statefulIsAuthorized(call: CedarCall):
    | Failure
    | {
        readonly type: 'success'
        readonly response: {
          readonly decision: 'allow' | 'deny'
          readonly diagnostics: {
            readonly reason: readonly string[]
            readonly errors: readonly { readonly policyId: string; readonly error: Problem }[]
          }
        }
      }
  validate(call: {
    readonly schema: string
    readonly policies: { readonly staticPolicies: Readonly<Record<string, string>> }
  }):
    | Failure
    | {
        readonly type: 'success'
        readonly validationErrors: readonly { readonly policyId: string; readonly error: Problem }[]
      }
}

/** What an engine found wrong, as one text. */
export const problemsOf = (problems: readonly Problem[]): string => problems.map(({ message }) => message).join('; ')

const importEngine = async (): Promise<CedarEngine> =>
  (await import('@cedar-policy/cedar-wasm/nodejs')) as unknown as CedarEngine

/** Loads the engine, which the host installs when it uses Cedar. @throws NootropicError `PEER_DEPENDENCY_MISSING`. */
export const loadCedar = async (load: () => Promise<CedarEngine> = importEngine): Promise<CedarEngine> => {
  try {
    return await load()
  } catch (cause) {
    const message =
      'expected the package @cedar-policy/cedar-wasm, which Cedar policies need, found none; run: npm install @cedar-policy/cedar-wasm'
    throw new NootropicError('PEER_DEPENDENCY_MISSING', message, { cause })
  }
}
