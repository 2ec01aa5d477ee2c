/** What a host should do with an error of a code: the command's exit code follows from it. */
export type ErrorKind = 'refused' | 'usage' | 'internal' | 'incomplete'

/**
 * Every code that nootropic throws, in one closed table. `docs/reference/errors.md` is generated from it.
 *
 * - `refused`: nootropic worked, and the answer is no (a model, a caller or an input was turned away).
 * - `usage`: the caller's configuration, path or argument is wrong.
 * - `incomplete`: the question could not be answered; it never counts as a yes.
 * - `internal`: something that should hold did not.
 */
export const errorCatalog = {
  USAGE: {
    kind: 'usage',
    summary: 'An argument is missing or wrong.',
    remedy: 'Read the help of the verb or function.',
  },
  CONFIGURATION_INVALID: {
    kind: 'usage',
    summary: 'A setting has a value that cannot work.',
    remedy: 'Change the setting that the message names.',
  },
  MANIFEST_INVALID: {
    kind: 'usage',
    summary: 'A manifest is not valid; `problems` lists every place.',
    remedy: 'Mend the lines named, then run `nootropic manifest check`.',
  },
  PEER_DEPENDENCY_MISSING: {
    kind: 'usage',
    summary: 'A package that the host must install is not there.',
    remedy: 'Install the package that the message names.',
  },
  FILE_UNREADABLE: {
    kind: 'usage',
    summary: 'A file is missing, is not a regular file, or may not be read.',
    remedy: 'Check the path and its permissions.',
  },
  MODEL_NOT_FOUND: {
    kind: 'usage',
    summary: 'No registered model has this name or version.',
    remedy: 'List the models with `nootropic list`.',
  },
  MODEL_MALFORMED: {
    kind: 'refused',
    summary: 'The bytes are not a well-formed model.',
    remedy: 'Get the file again from its source and compare its digest.',
  },
  LIMIT_EXCEEDED: {
    kind: 'refused',
    summary: 'Untrusted input asked for more than a named limit allows.',
    remedy: 'Raise the limit that the message names, if you trust the source.',
  },
  MODEL_REFUSED: {
    kind: 'refused',
    summary: 'Validation did not admit the model; `report` says why.',
    remedy: 'Read the findings of the report.',
  },
  MODEL_EXISTS: {
    kind: 'refused',
    summary: 'This name and version is registered already, with other bytes or newer.',
    remedy: 'Register the model under a higher version.',
  },
  MODEL_SUSPENDED: {
    kind: 'refused',
    summary: 'The model was suspended and serves nobody until it is resumed or rolled back.',
    remedy: 'Look at the open incident that the message names.',
  },
  INPUT_INVALID: {
    kind: 'refused',
    summary: 'An input does not fit the model’s signature or the limits.',
    remedy: 'Send the tensor that the message describes.',
  },
  OUTPUT_INVALID: {
    kind: 'refused',
    summary: 'The model’s output does not fit its signature or the output rules; it was withheld.',
    remedy: 'Treat the model as faulty and look at its incident.',
  },
  ISOLATION_UNAVAILABLE: {
    kind: 'refused',
    summary: 'This host cannot prove the isolation that was required; nothing was started.',
    remedy: 'Install what the message names, or accept a lower level by name.',
  },
  WORKER_FAILED: {
    kind: 'internal',
    summary: 'The worker process ended, or answered against its protocol.',
    remedy: 'Try again once; if the same input ends the worker again, do not send it.',
  },
  DEADLINE_EXCEEDED: {
    kind: 'incomplete',
    summary: 'The work did not finish in time and was stopped.',
    remedy: 'Allow more time or send less work.',
  },
  ABORTED: { kind: 'incomplete', summary: 'The caller’s signal stopped the work.', remedy: 'Call again.' },
  CREDENTIAL_INVALID: {
    kind: 'refused',
    summary: 'The credential is malformed, unknown, expired or revoked.',
    remedy: 'Ask the operator for a new one.',
  },
  ACCESS_DENIED: {
    kind: 'refused',
    summary: 'The subject may not do this; `reason` names the rule or what is missing.',
    remedy: 'Ask the operator for the grant that the message names.',
  },
  AUDIT_UNAVAILABLE: {
    kind: 'refused',
    summary: 'The audit log cannot be written, so the operation was not carried out.',
    remedy: 'Free space or mend the permissions of the audit directory.',
  },
  AUDIT_CORRUPT: {
    kind: 'refused',
    summary: 'The audit log is not what was signed.',
    remedy: 'Keep the files as evidence and compare them with an anchored checkpoint.',
  },
  KEY_UNAVAILABLE: {
    kind: 'refused',
    summary: 'A key is missing, revoked, or kept in a place that others can read.',
    remedy: 'Check the key store’s owner and modes (0700, 0600).',
  },
  SEALED_FILE_CORRUPT: {
    kind: 'refused',
    summary: 'A sealed file was changed, cut, or sealed with another key or name.',
    remedy: 'Restore the file from a backup: `nootropic restore` for a sealed model.',
  },
  SIGNATURE_INVALID: {
    kind: 'refused',
    summary: 'A signature, or what it rests on, does not hold: the model is not what was signed.',
    remedy: 'Get model and signature again from their source; do not use this copy.',
  },
  SIGNATURE_UNTRUSTED: {
    kind: 'refused',
    summary: 'The signature holds, but the policy does not accept its signer, its time or its form.',
    remedy: 'Name the signer in the trust policy, or ask for a signature of one that it names.',
  },
  STORAGE_FAILED: {
    kind: 'internal',
    summary: 'The database or the disk refused a write, or cannot be opened.',
    remedy: 'Check the path, the free space or the server that the message names.',
  },
  WATERMARK_UNSUITABLE: {
    kind: 'refused',
    summary: 'The model has too few weights to carry the watermark.',
    remedy: 'Use a fingerprint for this model instead.',
  },
  INTERNAL: { kind: 'internal', summary: 'A defect of nootropic.', remedy: 'Report it with the message.' },
} as const satisfies Record<string, { kind: ErrorKind; summary: string; remedy: string }>

/** One of the codes of {@link errorCatalog}. */
export type ErrorCode = keyof typeof errorCatalog

const marker = Symbol.for('nootropic.error')

/**
 * The one error type. The message says what was expected, what was found, where, and what to do; `details` carries the
 * same as plain data. Neither ever holds a secret.
 *
 * @example
 * ```ts
 * throw new NootropicError('MODEL_NOT_FOUND', 'expected a registered model, got "digit"; did you mean "digits"?')
 * ```
 */
export class NootropicError extends Error {
  override readonly name = 'NootropicError'
  readonly code: ErrorCode
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; details?: Record<string, unknown> } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
    this.details = options.details ?? {}
    // A symbol survives two installed copies of this package, where `instanceof` does not.
    Object.defineProperty(this, marker, { value: true })
  }

  /** What a host should do with it. */
  get kind(): ErrorKind {
    return errorCatalog[this.code].kind
  }
}

/** Whether `value` is an error of nootropic, of whichever installed copy; with `code`, whether it has this code. */
export const isNootropicError = (value: unknown, code?: ErrorCode): value is NootropicError =>
  value instanceof Error &&
  marker in value &&
  (code === undefined || (value as unknown as NootropicError).code === code)
