/** What one kind of secret looks like. */
export interface SecretForm {
  /** The type of its matches, `secret/<id>`. */
  readonly id: string
  readonly name: string
  /** The characters it starts with: nothing else makes the scan look at a place. */
  readonly prefix: string
  /** The secret from its prefix on, sticky, of bounded length. Its first group is what belongs to it and stands before. */
  readonly form: RegExp
  /** Whether its checksum holds, where its maker publishes one. */
  readonly isChecked?: (secret: string) => boolean
  /** Confidence of the form alone. */
  readonly confidence: number
  /** Who says so. */
  readonly source: string
}
