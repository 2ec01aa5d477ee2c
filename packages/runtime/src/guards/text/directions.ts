import { hasRightToLeft } from './legitimate.ts'
import { characterClass } from './unicode.ts'

// The deepest nesting that the bidirectional algorithm looks at (UAX #9, BD2).
const deepest = 125

interface Opening {
  readonly closer: number
  readonly at: number
}

/** Watches the controls that reorder a line (CVE-2021-42574, "Trojan Source"). */
export interface Directions {
  /** @param kind the class of the control. */
  add(kind: number, at: number): void
  endLine(): void
}

/**
 * Controls are legitimate in a text that has letters written from right to left, closed on the line they were opened on.
 * Overrides, which spell a text backwards, never are.
 */
export const createDirections = (text: string, refuse: (start: number, end: number) => void): Directions => {
  let isRightToLeft: boolean | undefined
  const serves = (): boolean => {
    isRightToLeft ??= hasRightToLeft(text)
    return isRightToLeft
  }
  const open: Opening[] = []
  const refuseAt = (at: number): void => refuse(at, at + 1)

  return {
    add(kind, at) {
      if (kind === characterClass.override || !serves()) return refuseAt(at)
      if (kind === characterClass.directionMark) return
      const isOpening = kind === characterClass.embedding || kind === characterClass.isolate
      if (isOpening && open.length < deepest) {
        const closer = kind === characterClass.isolate ? characterClass.popIsolate : characterClass.popEmbedding
        open.push({ closer, at })
        return
      }
      if (isOpening || open.at(-1)?.closer !== kind) return refuseAt(at)
      open.pop()
    },
    endLine() {
      for (const { at } of open.splice(0)) refuseAt(at)
    },
  }
}
