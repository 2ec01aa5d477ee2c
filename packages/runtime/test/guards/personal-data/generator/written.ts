import type { Draw } from './random-text.ts'

/** A value as somebody writes it, and whether a reader knows it for what it is without a label. */
export interface Written {
  readonly text: string
  readonly isTelling: boolean
}

/** A kind of number: how its issuer makes it, and what people write before it. */
export interface NumberKind {
  readonly type: string
  readonly labels: readonly string[]
  readonly write: (draw: Draw) => Written
}

export const plain = (text: string): Written => ({ text, isTelling: false })
export const telling = (text: string): Written => ({ text, isTelling: true })

/** Draws until the rule gives a number: some bodies have no check digit. */
export const until = (make: () => string | undefined): string => {
  for (;;) {
    const value = make()
    if (value !== undefined) return value
  }
}

export const remainderBy97 = (digits: string): number => Number(BigInt(digits) % 97n)
export const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** A number that a country gives its people. */
export const nationalKind = (id: string, labels: readonly string[], write: (draw: Draw) => Written): NumberKind => ({
  type: `national-id/${id}`,
  labels,
  write,
})
