import type { ModelPackage } from '@nootropic/core/formats'
import { type AttackLimits, verifyMayGoOn } from '../../behaviour/attacks/guarded-model.ts'
import { type PrivacyAttackResult, untilEnded } from '../attack.ts'
import { breathe } from '../limits.ts'
import { type ModelText, modelTexts } from './model-texts.ts'

/** A place in a text that a detector recognised. */
export interface SensitiveText {
  /** What was found, such as `e-mail` or `secret/github-token`. */
  readonly type: string
  /** Offset of the first UTF-16 unit, and after the last one. */
  readonly start: number
  readonly end: number
  /** From 0 to 1. */
  readonly confidence: number
}

/** Recognises sensitive text, as `findPersonalData` and `findSecrets` of `@nootropic/runtime` do. */
export type TextDetector = (text: string) => readonly SensitiveText[]

/** What to look for in a model's texts. */
export interface MemorisedOptions {
  readonly personalData?: TextDetector
  readonly secrets?: TextDetector
  /** Matches less sure than this are left out: 0.8 when absent. */
  readonly minimumConfidence?: number
}

/** Sensitive text of one type in one place. The text itself is never repeated. */
export interface MemorisedText {
  readonly kind: 'personal-data' | 'secret'
  readonly type: string
  readonly path: string
  readonly inside: string
  /** Where the first one stands in there. */
  readonly offset: number
  readonly count: number
}

/** Does the model carry what belongs to somebody? */
export interface MemorisedStrings extends PrivacyAttackResult {
  readonly attack: 'memorised-strings'
  readonly found: readonly MemorisedText[]
  /** Characters that were looked at. */
  readonly characters: number
}

const defaultMinimumConfidence = 0.8

/** Characters that are looked at in all: more would take minutes, which a stranger's model must not (CWE-400). */
const mostCharacters = 2 ** 26

/** Characters that a detector is given at once, and how far two pieces overlap: twice as long as any secret. */
const pieceLength = 2 ** 18
const overlap = 2 ** 12

/** Part of a long text. What begins in the last half of an overlap is the next piece's, which sees all of it. */
interface Piece {
  readonly piece: string
  readonly from: number
  /** Where, in the piece, its own part begins and ends. */
  readonly own: readonly [number, number]
}

function* piecesOf(text: string): Iterable<Piece> {
  for (let from = 0; ; from += pieceLength - overlap) {
    const piece = text.slice(from, from + pieceLength)
    const isLast = from + pieceLength >= text.length
    yield { piece, from, own: [from === 0 ? 0 : overlap / 2, isLast ? piece.length : pieceLength - overlap / 2] }
    if (isLast) return
  }
}

/**
 * Looks for personal data and secrets in the words, metadata, weights and files of a model.
 *
 * @throws NootropicError `MODEL_MALFORMED`, and whatever a detector throws
 */
export const findMemorised = async (
  model: ModelPackage,
  options: MemorisedOptions,
  limits: AttackLimits,
): Promise<MemorisedStrings> => {
  const { minimumConfidence = defaultMinimumConfidence } = options
  const detectors = (
    [
      ['secret', options.secrets],
      ['personal-data', options.personalData],
    ] as const
  ).flatMap(([kind, detect]) => (detect === undefined ? [] : [{ kind, detect }]))
  const found = new Map<string, MemorisedText>()
  let characters = 0
  const look = ({ path, inside, offset, text }: ModelText): void => {
    for (const { from, piece, own } of piecesOf(text)) {
      verifyMayGoOn(limits)
      for (const { kind, detect } of detectors) {
        for (const { type, start, confidence } of detect(piece)) {
          if (!(confidence >= minimumConfidence) || start < own[0] || start >= own[1]) continue
          const key = JSON.stringify([kind, type, path, inside])
          const before = found.get(key)
          found.set(key, {
            kind,
            type,
            path,
            inside,
            offset: before?.offset ?? offset + from + start,
            count: (before?.count ?? 0) + 1,
          })
        }
      }
    }
  }
  let isCut = false
  const ended = await untilEnded(async () => {
    let pending = 0
    for (const text of modelTexts(model)) {
      if (characters + text.text.length > mostCharacters) {
        isCut = true
        break
      }
      look(text)
      characters += text.text.length
      pending += text.text.length
      if (pending < pieceLength) continue
      await breathe(limits)
      pending = 0
    }
  })
  const missing = [
    ...(options.secrets === undefined ? ['no detector of secrets was given'] : []),
    ...(options.personalData === undefined ? ['no detector of personal data was given'] : []),
    ...(isCut ? [`only the first ${characters} characters were looked at`] : []),
    ...(ended === undefined ? [] : [ended]),
  ]
  const note = missing.length === 0 ? {} : { note: missing.join('; ') }
  const base = { attack: 'memorised-strings' as const, found: [...found.values()], characters, queries: 0, ...note }
  if (found.size > 0) return { ...base, verdict: 'fail' }
  return { ...base, verdict: missing.length === 0 ? 'pass' : 'incomplete' }
}
