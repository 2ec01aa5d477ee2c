import { isNootropicError, type ModelRef, NootropicError, type Report } from '@nootropic/core'
import { type ModelPackage, mainFile, onnxSignature, readModelPackage, readOnnx } from '@nootropic/core/formats'
import type { ManifestSet, ModelSecurityPolicy } from '@nootropic/core/manifest'
import type { Registration } from '@nootropic/runtime'
import { adversarialOptions, type Dataset, robustnessOptions, severityReactions, validate } from '@nootropic/validation'
import { openVerified, provenanceRules, type Verification } from '@nootropic/validation/provenance'
import { fingerprintModel } from '@nootropic/watermark'
import { onRecord } from './audit/on-record.ts'
import { manifestOf } from './manifest-of.ts'
import { markModel } from './mark-model.ts'
import type { Marks } from './marks.ts'
import { parseModelVersion } from './model-version.ts'
import type { Parts } from './parts.ts'
import { verifySignature } from './verify-signature.ts'

/** What a model is registered as. */
export interface RegisterOptions {
  readonly name: string
  /** A semantic version, higher than every version of the model so far. */
  readonly version: string
  /** Examples to test with. Without them inputs are made up, and the report calls its figures consistency. */
  readonly dataset?: Dataset
  /** Admits a model although parts of the validation could not be carried out. */
  readonly acceptIncomplete?: boolean
}

/** What a registration is of: an update has a switch of its own for the signature. */
export type RegistrationKind = 'first' | 'update'

/** A registered model. */
export interface Registered extends Marks {
  readonly ref: ModelRef
  readonly report: Report
  /** Why the model carries no watermark; left out when it carries one. */
  readonly unmarked?: string
}

/** The policy, with the switch for the signature that this kind of registration has. */
const policyFor = (kind: RegistrationKind, { policy }: ManifestSet): ModelSecurityPolicy['spec'] => {
  if (kind === 'first') return policy.spec
  const changed = structuredClone(policy.spec)
  changed.validation.securityChecks.codeAnalysis.codeSigningVerification =
    policy.spec.update.validation.signatureVerification
  return changed
}

const validateWithSettings = (
  model: ModelPackage,
  verification: Verification | undefined,
  policy: ModelSecurityPolicy['spec'],
  { settings, dependencies, sandbox, clock }: Parts,
  dataset: Dataset | undefined,
) => {
  const adversarial = manifestOf(settings, 'AdversarialTesting')
  const robustness = manifestOf(settings, 'RobustnessTesting')
  const scanning = manifestOf(settings, 'ModelVulnerabilityScanning')
  return validate(model, {
    sessions: sandbox,
    policy,
    ...(verification === undefined ? {} : { verification }),
    dependencies,
    clock,
    ...(dataset === undefined ? {} : { dataset }),
    ...(adversarial === undefined ? {} : { adversarial: adversarialOptions(adversarial) }),
    ...(robustness === undefined ? {} : { robustness: robustnessOptions(robustness) }),
    ...(scanning === undefined ? {} : { reactions: severityReactions(scanning) }),
  })
}

const auditEntryOf = ({ name, version, digest }: ModelRef) =>
  ({
    category: 'operation',
    actor: 'system:nootropic',
    action: 'register',
    resource: `model:${name}`,
    details: { version, digest },
  }) as const

/** What is mended in the installation, and not in the model: whom it trusts to sign. */
const signerAdvice = ({ findings }: Report): string => {
  const rules: readonly string[] = [provenanceRules['no-signers'].id, provenanceRules['signer-untrusted'].id]
  const found = findings.find(({ rule }) => rules.includes(rule))
  return found === undefined ? '' : `; ${found.message}. ${found.remediation}`
}

const verifyAdmitted = async (
  report: Report,
  ref: ModelRef,
  acceptIncomplete: boolean,
  { audit, bus }: Parts,
): Promise<void> => {
  if (report.verdict === 'pass' || (report.verdict === 'incomplete' && acceptIncomplete)) return
  const blocked = report.stages
    .filter(({ verdict }) => verdict !== 'pass')
    .map(({ name, verdict }) => `${name} ${verdict}`)
  const low = Object.entries(report.scores)
    .filter(([, { value, threshold }]) => value < threshold)
    .map(([name, { value, threshold }]) => `${name} ${value.toFixed(2)} below ${threshold}`)
  const reason = [...blocked, ...low].join(', ')
  await audit.append({ ...auditEntryOf(ref), outcome: 'denied', reason })
  await bus.publish({
    source: '/nootropic',
    type: 'ai.nootropic.model.refused',
    subject: ref.name,
    data: { version: ref.version, digest: ref.digest, reason },
  })
  const advice =
    report.verdict === 'incomplete'
      ? 'give a dataset to test with, or accept what could not be checked by name (acceptIncomplete, --accept-incomplete)'
      : 'the findings of the report say what to mend'
  throw new NootropicError(
    'MODEL_REFUSED',
    `${ref.name} ${ref.version} is not admitted: ${reason}; ${advice}${signerAdvice(report)}`,
    {
      details: { report },
    },
  )
}

/** The model in memory: of a signed one what was signed, and nothing else. */
const readOriginal = async (path: string, verification: Verification | undefined): Promise<ModelPackage> =>
  verification?.verdict === 'pass' ? (await openVerified(path, { verification })).readPackage() : readModelPackage(path)

/** Seals a model, backs it up and enters it in the registry, while nobody else does anything to its version. */
const enterModel = (
  model: ModelPackage,
  registration: Required<Registration>,
  { registry, vault, audit, settings, turns }: Parts,
): Promise<void> => {
  const { ref, originalDigest } = registration
  const entry = auditEntryOf(ref)
  return turns(ref, async () => {
    // What an operator sealed before stays, whatever becomes of this registration.
    const isSealedBefore = (await vault.find(ref)) !== undefined
    await onRecord(audit, { ...entry, details: { ...entry.details, originalDigest } }, async () => {
      await vault.seal(ref, model)
      try {
        // Before the entry: whatever is registered has its backup, and without one nothing is registered.
        if (manifestOf(settings, 'ModelStorageEncryption')?.spec.storage.backup === true) await vault.backup(ref)
        await registry.add(registration)
      } catch (error) {
        // What went wrong first is what counts.
        if (isNootropicError(error, 'MODEL_EXISTS') && !isSealedBefore) await vault.remove(ref).catch(() => {})
        throw error
      }
    })
  })
}

/**
 * Registers a model: verify who signed it, read, mark, validate, then seal and enter it. The bytes that were validated are
 * the bytes that are sealed, watermark included, and of a signed model nothing that was not signed. A refused model leaves
 * nothing behind but its audit record.
 */
export const registerModel = async (
  path: string,
  options: RegisterOptions,
  kind: RegistrationKind,
  parts: Parts,
): Promise<Registered> => {
  const { bus, marks, settings, sandbox, keys } = parts
  const { name, version } = parseModelVersion(options)
  const policy = policyFor(kind, settings)
  const isSignatureAsked = policy.validation.securityChecks.codeAnalysis.codeSigningVerification
  const verification = isSignatureAsked ? await verifySignature(path, await parts.signers()) : undefined
  const original = await readOriginal(path, verification)
  const { model, claim, unmarked } = await markModel(original, settings, keys)
  const ref: ModelRef = { name, version, digest: model.digest }

  const report = await validateWithSettings(model, verification, policy, parts, options.dataset)
  await verifyAdmitted(report, ref, options.acceptIncomplete ?? false, parts)

  const { bytes } = mainFile(model)
  const features = manifestOf(settings, 'ModelFingerprinting')?.spec.features
  const fingerprint = await fingerprintModel(bytes, {
    sessions: sandbox,
    ...(features === undefined ? {} : { features }),
  })
  const kept: Marks = { fingerprint, ...(claim === undefined ? {} : { claim }) }

  const signature = onnxSignature(readOnnx(bytes))
  await enterModel(model, { ref, signature, report, originalDigest: original.digest }, parts)
  await marks.put(ref, kept)
  await bus.publish({
    source: '/nootropic',
    type: 'ai.nootropic.model.registered',
    subject: ref.name,
    data: { version: ref.version, digest: ref.digest },
  })
  return { ref, report, ...kept, ...(unmarked === undefined ? {} : { unmarked }) }
}
