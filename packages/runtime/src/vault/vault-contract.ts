import type { ModelRef, NootropicError } from '@nootropic/core'
import type { ModelPackage, PackageLimits } from '@nootropic/core/formats'
import type { ModelVersion } from '../model-ref.ts'
import type { ModelContent } from './model-source.ts'
import type { ModelReader } from './sealed-reader.ts'

/** Something in the place of a model that does not open. */
export interface DamagedModel {
  readonly name: string
  /** Left out where nothing of the model can be read, not even what versions there are. */
  readonly version?: string
  readonly problem: NootropicError
}

/** What a version was brought back from its backup for. */
export interface Restored {
  readonly ref: ModelRef
  /** What was found in its place. What is intact is left as it is. */
  readonly found: 'intact' | 'damaged' | 'nothing'
}

/** Models at rest: every file encrypted under a key of its model's version, and verified before it leaves. */
export interface Vault {
  /**
   * Seals a model under `ref`, whole or not at all. Sealing the same again changes nothing.
   *
   * @throws NootropicError `MODEL_MALFORMED` when the files are not the ones that `ref.digest` names or a path leaves the
   * model, `MODEL_EXISTS` when other bytes are sealed under this name and version, `STORAGE_FAILED`
   */
  seal(ref: ModelRef, model: ModelContent): Promise<void>
  /**
   * As {@link Vault.seal} from disk, without ever holding a file whole: one read hashes and seals. With a digest, only a
   * model of this digest is sealed.
   *
   * @param path a directory, or a single file. It stays as it is.
   * @param options.main the file that a runtime loads, where it is not the only one, `model.onnx` or the one `.onnx` file.
   * @returns what was sealed, with its digest.
   * @throws NootropicError as {@link Vault.seal}; `FILE_UNREADABLE` for a link, a pipe, or a file that changes its size
   * meanwhile; `LIMIT_EXCEEDED`
   */
  sealFrom(
    path: string,
    model: ModelVersion & { readonly digest?: ModelRef['digest'] },
    options?: { readonly main?: string; readonly limits?: Partial<PackageLimits> },
  ): Promise<ModelRef>
  /**
   * The model, in memory only, after every byte was verified against `ref.digest`. The bytes belong to the caller.
   *
   * @throws NootropicError `MODEL_NOT_FOUND`, `SEALED_FILE_CORRUPT` for any change, `LIMIT_EXCEEDED` for a model that is
   * too large for memory, `KEY_UNAVAILABLE` for a revoked key
   */
  open(ref: ModelRef): Promise<ModelPackage>
  /**
   * As {@link Vault.open} for as long as `use` takes: then the bytes are overwritten, also when it fails. What `use` or the
   * runtime copied is beyond reach, and so is what the system wrote to swap.
   */
  lend<Result>(ref: ModelRef, use: (model: ModelPackage) => Promise<Result>): Promise<Result>
  /**
   * The model in pieces, of any size. Now the names, sizes and digests of its files are verified against `ref.digest`;
   * each segment when it is read; the digest of a whole file at the end of its `stream()`. A segment that opens is one
   * that was hashed into that digest, since its key sealed this model once and nothing else.
   *
   * @throws NootropicError as {@link Vault.open}
   */
  openReader(ref: ModelRef): Promise<ModelReader>
  /**
   * Writes the model in the clear into a new private directory (0700, its files 0600), whole or not at all and verified.
   * Nothing else in the vault writes clear bytes to a disk: whoever can read the directory, or the disk later, has the model.
   *
   * @throws NootropicError as {@link Vault.open}; `USAGE` when something is at `directory`; `STORAGE_FAILED`
   */
  export(ref: ModelRef, directory: string): Promise<void>
  /**
   * What is sealed as this version, or undefined. Its seal and index are verified; the content is when it is opened.
   *
   * @throws NootropicError as {@link Vault.open}
   */
  find(model: ModelVersion): Promise<ModelRef | undefined>
  /**
   * What is sealed, by name and version, registered or not, as {@link Vault.find}. What does not open has its problem.
   *
   * @throws NootropicError `STORAGE_FAILED` when the directory of the vault cannot be read
   */
  list(): Promise<(ModelRef | DamagedModel)[]>
  /**
   * Copies a version, sealed as it is and without its key, to the directory of the backups. When this resolves the copy is
   * on disk, and every byte of it was read back, opened and verified. A backup that is there and intact is left as it is.
   *
   * @throws NootropicError as {@link Vault.open}; `MODEL_EXISTS` for a backup of other bytes; `STORAGE_FAILED`;
   * `CONFIGURATION_INVALID` for a vault without a directory for backups
   */
  backup(ref: ModelRef): Promise<void>
  /**
   * Brings a version that is lost or damaged back from its backup. A copy of the backup is verified first, every byte; what
   * was in the place of the version is kept until the copy stands there. With a digest, only a model of this digest.
   *
   * @throws NootropicError `MODEL_NOT_FOUND` without a backup; `SEALED_FILE_CORRUPT`, `FILE_UNREADABLE` or `KEY_UNAVAILABLE`
   * when the backup itself does not open, or what it would replace may open later, and `STORAGE_FAILED`: nothing is
   * replaced then; `MODEL_EXISTS` when other bytes are sealed as this version; `CONFIGURATION_INVALID` for a vault without a
   * directory for backups
   */
  restore(model: ModelVersion & { readonly digest?: ModelRef['digest'] }): Promise<Restored>
  /**
   * Removes a version, its backup and its key, so that no copy of it opens any more; where the version is lost, its backup
   * and key. A backup of other bytes stays.
   *
   * @throws NootropicError `MODEL_NOT_FOUND`, `STORAGE_FAILED`, `KEY_UNAVAILABLE`; `FILE_UNREADABLE` where others can enter
   * the directory of the backups, or it is a link, and where a seal, or a backup under another key, cannot be read now:
   * nothing is removed then
   */
  remove(model: ModelVersion): Promise<void>
}
