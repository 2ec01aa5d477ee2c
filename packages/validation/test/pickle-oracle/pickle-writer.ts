import type { SeededRandom } from '@nootropic/core'
import { counted, numbered, raw } from './pickle-bytes.ts'

type Kind = 'scalar' | 'text' | 'list' | 'dict' | 'set' | 'tuple' | 'object' | 'name' | 'mark'

interface Entry {
  readonly kind: Kind
  /** What a text says, and what a name is called. */
  readonly text?: string
}

export const texts = [
  '',
  'a',
  'os',
  'system',
  'collections',
  'OrderedDict',
  'builtins',
  'set',
  "it's",
  'back\\slash',
  '\u00e9\u4e2d',
]

const escapeOf = (letter: string): string => {
  const code = letter.codePointAt(0) ?? 0
  return code > 0xff || letter === '\\' || letter === '\n' ? `\\u${code.toString(16).padStart(4, '0')}` : letter
}

/** Writes a pickle and knows what its stack and memo hold; every value stands in one of the ways there are. */
export class PickleWriter {
  readonly #random: SeededRandom
  readonly #parts: Buffer[] = []
  readonly stack: Entry[] = []
  readonly memo = new Map<number, Entry>()

  constructor(random: SeededRandom) {
    this.#random = random
  }

  get bytesSoFar(): Buffer {
    return Buffer.concat(this.#parts)
  }

  chance(share: number): boolean {
    return this.#random.uniform() < share
  }

  below(bound: number): number {
    return this.#random.integer(bound)
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)]
    if (item === undefined) throw new Error('nothing to pick from')
    return item
  }

  write(bytes: Buffer | string): void {
    this.#parts.push(typeof bytes === 'string' ? raw(bytes) : bytes)
  }

  push(bytes: Buffer | string, entry: Entry): void {
    this.write(bytes)
    this.stack.push(entry)
  }

  get top(): Entry | undefined {
    return this.stack.at(-1)
  }

  markAt(): number {
    return this.stack.findLastIndex(({ kind }) => kind === 'mark')
  }

  integer(): void {
    const value = this.below(1000)
    const hexadecimal = value.toString(16)
    this.push(
      this.pick([
        raw(`I${value}\n`),
        raw(`I0x${hexadecimal}\n`),
        raw(`I ${value} \n`),
        raw(`L${value}L\n`),
        raw(`L${value}\n`),
        numbered(0x4a, -value, 4),
        numbered(0x4b, value % 256, 1),
        numbered(0x4d, value, 2),
        counted(0x8a, 1, Buffer.from([value % 256, 1])),
        counted(0x8b, 4, Buffer.from([value % 256, 0x7f])),
      ]),
      { kind: 'scalar' },
    )
  }

  float(): void {
    const value = Buffer.alloc(9, 'G')
    value.writeDoubleBE(this.#random.normal(), 1)
    this.push(this.pick([raw(`F${this.#random.normal()}\n`), raw('F1e3\n'), raw('Finf\n'), value]), {
      kind: 'scalar',
    })
  }

  constant(): void {
    this.push(this.pick(['N', '\x88', '\x89', 'I00\n', 'I01\n', 'N']), { kind: 'scalar' })
  }

  bytes(): void {
    const content = Buffer.from(Array.from({ length: this.below(12) }, () => this.below(256)))
    this.push(this.pick([counted(0x43, 1, content), counted(0x42, 4, content), counted(0x8e, 8, content)]), {
      kind: 'scalar',
    })
  }

  text(text: string): void {
    const utf8 = Buffer.from(text, 'utf8')
    const forms = [counted(0x8c, 1, utf8), counted(0x58, 4, utf8), counted(0x8d, 8, utf8)]
    const escaped = [...text].map((letter) => (/[\\\n]|[^\0-\x7e]/.test(letter) ? escapeOf(letter) : letter)).join('')
    forms.push(raw(`V${escaped}\n`))
    if (/^[\x20-\x7e]*$/.test(text)) {
      forms.push(counted(0x55, 1, utf8), counted(0x54, 4, utf8))
      forms.push(raw(`S"${text.replace(/[\\"]/g, '\\$&')}"\n`), raw(`S'${text.replace(/[\\']/g, '\\$&')}'\n`))
    }
    this.push(this.pick(forms), { kind: 'text', text })
  }

  scalar(): void {
    this.pick([
      () => this.integer(),
      () => this.float(),
      () => this.constant(),
      () => this.bytes(),
      () => this.text(this.pick(texts)),
    ])()
  }

  emptyTuple(): void {
    this.push(this.chance(0.7) ? ')' : '(t', { kind: 'tuple' })
  }

  /** A tuple of one thing. */
  tupleOf(build: () => void): void {
    const isMarked = this.chance(0.3)
    if (isMarked) this.mark()
    build()
    if (isMarked) {
      this.endMark('t', 'tuple')
      return
    }
    this.stack.pop()
    this.push('\x85', { kind: 'tuple' })
  }

  list(): void {
    if (this.chance(0.5)) {
      this.push(']', { kind: 'list' })
      return
    }
    this.mark()
    for (let count = this.below(4); count > 0; count -= 1) this.integer()
    this.endMark('l', 'list')
  }

  mark(): void {
    this.push('(', { kind: 'mark' })
  }

  endMark(opcode: string, kind: Kind): void {
    this.stack.length = Math.max(0, this.markAt())
    this.push(opcode, { kind })
  }

  container(): void {
    this.pick([
      () => this.emptyTuple(),
      () => this.list(),
      () => this.push('}', { kind: 'dict' }),
      () => this.push('\x8f', { kind: 'set' }),
      () => this.tupleOf(() => this.scalar()),
      () => {
        this.integer()
        this.text('k')
        this.constant()
        this.stack.length -= 3
        this.push('\x87', { kind: 'tuple' })
      },
      () => {
        this.mark()
        for (let count = this.below(3); count > 0; count -= 1) {
          this.integer()
          this.scalar()
        }
        this.endMark('d', 'dict')
      },
      () => {
        this.mark()
        for (let count = this.below(3); count > 0; count -= 1) this.integer()
        this.endMark('\x91', 'object')
      },
    ])()
  }

  /** Puts items into what lies on top. */
  fill(): void {
    const kind = this.top?.kind
    const isMany = this.chance(0.5)
    if (kind === 'list') {
      if (isMany) this.mark()
      for (let count = isMany ? this.below(4) : 1; count > 0; count -= 1) this.scalar()
      if (isMany) this.stack.length = this.markAt()
      else this.stack.pop()
      this.write(isMany ? 'e' : 'a')
    } else if (kind === 'dict') {
      if (isMany) this.mark()
      for (let count = isMany ? this.below(3) : 1; count > 0; count -= 1) {
        this.text(this.pick(texts))
        this.scalar()
      }
      if (isMany) this.stack.length = this.markAt()
      else this.stack.length -= 2
      this.write(isMany ? 'u' : 's')
    } else if (kind === 'set') {
      this.mark()
      for (let count = this.below(3); count > 0; count -= 1) this.integer()
      this.stack.length = this.markAt()
      this.write('\x90')
    }
  }

  /** Writes a memo entry for the top, by index or by the length of the memo. */
  remember(): void {
    const top = this.top
    if (top === undefined || top.kind === 'mark') return
    const isMemoize = this.chance(0.4)
    const index = isMemoize ? this.memo.size : this.below(this.chance(0.9) ? 12 : 300)
    const short = index % 256
    if (isMemoize) this.write('\x94')
    else if (this.chance(0.3)) this.write(`p${index}\n`)
    else if (this.chance(0.5)) this.write(numbered(0x72, index, 4))
    else this.write(numbered(0x71, short, 1))
    // BINPUT has one byte only.
    this.memo.set(this.#parts.at(-1)?.[0] === 0x71 ? short : index, top)
  }

  recall(): void {
    const indexes = [...this.memo.keys()]
    if (indexes.length === 0) return
    const index = this.pick(indexes)
    const forms = [raw(`g${index}\n`), numbered(0x6a, index, 4)]
    if (index < 256) forms.push(numbered(0x68, index, 1))
    this.push(this.pick(forms), this.memo.get(index) ?? { kind: 'scalar' })
  }

  recallText(text: string): boolean {
    const found = [...this.memo].find(([, entry]) => entry.kind === 'text' && entry.text === text)
    if (found === undefined) return false
    this.push(numbered(0x6a, found[0], 4), found[1])
    return true
  }

  discard(): void {
    if (this.stack.length < 2) return
    if (this.chance(0.3) && this.markAt() > 0) {
      this.stack.length = this.markAt()
      this.write('1')
    } else if (this.top?.kind === 'mark') {
      this.stack.pop()
      this.write(this.chance(0.5) ? '0' : '1')
    } else {
      this.stack.pop()
      this.write('0')
    }
  }

  duplicate(): void {
    const top = this.top
    if (top !== undefined && top.kind !== 'mark') this.push('2', top)
  }

  framing(): void {
    this.write(this.chance(0.5) ? numbered(0x80, this.below(6), 1) : numbered(0x95, this.below(3), 8))
  }
}
