import { type Digest, type Finding, isNootropicError, type Verdict } from '@nootropic/core'
import { singleFile } from '@nootropic/core/formats'
import { findingOf, type Sighting } from '../scan/rule.ts'
import { parseBundle } from './bundle.ts'
import { type ComparisonOptions, compareModel, type PlacedSighting } from './compare-model.ts'
import type { Bundle, SignatureCheck, SignerIdentity, Trust } from './contracts.ts'
import { type ProvenanceLimits, provenanceLimits } from './limits.ts'
import { findModel } from './model-tree.ts'
import { readBundle } from './read-bundle.ts'
import { provenanceFamily, provenanceRules } from './rules.ts'
import { type ModelStatement, parseStatement, type Resource, RootMismatch } from './statement.ts'

/** How a model is verified. */
export interface VerifyOptions extends ComparisonOptions {
  /** Whose signatures are wanted: `trustPublicKey`, `trustCertificates`, or keyless. */
  readonly trust: Trust
  readonly limits?: Partial<ProvenanceLimits>
}

/** What a verification found: plain data. */
export interface Verification {
  readonly verdict: Verdict
  /** Which family a failure is of: the evidence is bad, or it is good and unwanted. */
  readonly code?: 'SIGNATURE_INVALID' | 'SIGNATURE_UNTRUSTED'
  /** The digest is the signed root; there is none unless the signature holds. */
  readonly subject: { readonly path: string; readonly digest?: Digest }
  readonly signer?: SignerIdentity
  readonly findings: readonly Finding[]
  /** What was signed, for reading with `openVerified`; nothing unless the verdict is `pass`. */
  readonly resources: readonly Resource[]
}

/** Of one rule; a hostile directory holds any number of files that were not signed (CWE-400). */
const maximumSightings = 100

/** Runs a parser of what somebody else wrote; what it refuses is a sighting. */
const parsedOr = <Value>(rule: Sighting['rule'], parse: () => Value): { value: Value } | { sighting: Sighting } => {
  try {
    return { value: parse() }
  } catch (error) {
    if (error instanceof RootMismatch)
      return { sighting: { rule: provenanceRules['root-mismatch'], message: error.message } }
    if (!isNootropicError(error, 'SIGNATURE_INVALID')) throw error
    return { sighting: { rule, message: error.message } }
  }
}

// Names come with the model and may hold what a terminal obeys (CWE-150).
const readable = (path: string): string => path.replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, '\uFFFD')

/** The first of each rule, and how many more there are. */
const bounded = (sightings: readonly PlacedSighting[]): PlacedSighting[] => {
  const counts = new Map<string, number>()
  for (const { rule } of sightings) counts.set(rule.id, (counts.get(rule.id) ?? 0) + 1)
  const shown = new Map<string, number>()
  return sightings.flatMap((sighting) => {
    const { id } = sighting.rule
    const number = (shown.get(id) ?? 0) + 1
    shown.set(id, number)
    if (number > maximumSightings) return []
    const more = (counts.get(id) ?? 0) - maximumSightings
    return number === maximumSightings && more > 0
      ? [{ ...sighting, message: `${sighting.message}; and ${more} more of this kind` }]
      : [sighting]
  })
}

const outcomeOf = (findings: readonly Finding[]): Pick<Verification, 'verdict' | 'code'> => {
  const families = new Set(findings.map(({ rule }) => provenanceFamily(rule)))
  if (families.has('evidence')) return { verdict: 'fail', code: 'SIGNATURE_INVALID' }
  if (families.has('policy')) return { verdict: 'fail', code: 'SIGNATURE_UNTRUSTED' }
  return { verdict: families.has('incomplete') ? 'incomplete' : 'pass' }
}

/** How many signers a refusal names. */
const maximumSigners = 10

/** Says with a refusal whom the signature was compared with: a trust in several explains only the one that comes closest. */
const namingSigners = (sightings: readonly Sighting[], signers: readonly string[]): Sighting[] => {
  const refusal = sightings.find(({ rule }) => provenanceFamily(rule.id) !== 'note')
  if (refusal === undefined || signers.length < 2) return [...sightings]
  const more = signers.length - maximumSigners
  const names = `${signers.slice(0, maximumSigners).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
  const named = { ...refusal, message: `${refusal.message}; trusted are ${names}` }
  return sightings.map((sighting) => (sighting === refusal ? named : sighting))
}

/** Reads the statement of a bundle whose signature holds. */
const checkSignature = async (
  text: Buffer,
  trust: Trust,
  limits: ProvenanceLimits,
): Promise<{ check?: SignatureCheck; statement?: ModelStatement; sightings: PlacedSighting[] }> => {
  const bundle = parsedOr<Bundle>(provenanceRules['bundle-malformed'], () => parseBundle(text, limits))
  if ('sighting' in bundle) return { sightings: [bundle.sighting] }
  const check = await trust.check(bundle.value)
  const sightings = namingSigners(check.sightings, trust.signers ?? [])
  if (!check.isAuthentic) {
    // A trust that says no without saying why is not taken for one that says yes.
    const isExplained = sightings.some(({ rule }) => provenanceFamily(rule.id) !== 'note')
    const unexplained = { rule: provenanceRules['signature-mismatch'], message: 'expected a signature that holds' }
    return { sightings: isExplained ? sightings : [...sightings, unexplained] }
  }
  const statement = parsedOr(provenanceRules['statement-malformed'], () => parseStatement(bundle.value.payload, limits))
  if ('sighting' in statement) return { check, sightings: [...sightings, statement.sighting] }
  return { check, statement: statement.value, sightings }
}

/**
 * Verifies a model against its signature, offline: the signature, its signer against the trust policy, and every file.
 * Extra, missing and changed files fail, and what could not be checked is `incomplete`, never `pass`.
 *
 * @throws NootropicError `FILE_UNREADABLE` when model or signature are not there, `USAGE` for paths to ignore outside the
 * model, `LIMIT_EXCEEDED`, `ABORTED`. What is in them never throws: it is a finding.
 * @example
 * ```ts
 * const trust = trustPublicKey({ publicKey: await readFile('signing.pub', 'utf8') })
 * const { verdict, findings } = await verifyModel('./models/digits', { signature: './models/digits/model.sig', trust })
 * ```
 */
export const verifyModel = async (path: string, options: VerifyOptions): Promise<Verification> => {
  const limits = { ...provenanceLimits, ...options.limits }
  const model = await findModel(path)
  const text = await readBundle(options.signature, limits)
  const { check, statement, sightings } = await checkSignature(text, options.trust, limits)
  const ofModel = statement === undefined ? undefined : await compareModel(model, statement, options, limits)
  const placed = [...sightings, ...(ofModel?.sightings ?? [])]
  const findings = bounded(placed).map((sighting) => {
    const inside = sighting.path === undefined || sighting.path === singleFile ? '' : `/${readable(sighting.path)}`
    return findingOf(sighting, sighting.path === undefined ? options.signature : `${path}${inside}`, [])
  })
  const outcome = outcomeOf(findings)
  return {
    ...outcome,
    subject: { path, ...(statement !== undefined && { digest: statement.root }) },
    ...(check?.signer !== undefined && { signer: check.signer }),
    findings,
    // Whoever reads files by them need not ask for the verdict as well.
    resources: outcome.verdict === 'pass' ? (ofModel?.resources ?? []) : [],
  }
}
