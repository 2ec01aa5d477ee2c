import { printable } from '../rule.ts'
import type { ByteSource } from '../source.ts'
import { fullName, type ImportLedger } from './import-ledger.ts'
import type { Value } from './machine/cells.ts'
import { type Heap, kinds } from './machine/heap.ts'
import { extentOf, integerOf, literalOpcode, textOf } from './machine/literals.ts'

const maximumDepth = 4
const maximumItems = 6
const maximumText = 120
/** Containers in one another name the same values again and again: a description ends where nobody reads on (CWE-776). */
const maximumDescription = 1000

/** What is described, and how many characters more of it. */
interface Description {
  readonly content: ByteSource
  readonly heap: Heap
  readonly imports: ImportLedger
  left: number
}

/** Where the values are that are described. */
type Described = Omit<Description, 'left'>

const describeLiteral = (content: ByteSource, value: Value): string => {
  const text = textOf(content, value, maximumText)
  if (text !== undefined) return JSON.stringify(printable(text))
  const opcode = literalOpcode(content, value)
  switch (opcode) {
    case 'NONE':
      return 'None'
    case 'NEWTRUE':
      return 'True'
    case 'NEWFALSE':
      return 'False'
    case 'BINFLOAT':
      return String(Buffer.from(content.read(value + 1, 8)).readDoubleBE(0))
    default: {
      const number = integerOf(content, value)
      if (number !== undefined) return String(number)
      return `<${extentOf(content, value).length} bytes>`
    }
  }
}

const write = (value: Value, into: Description, depth: number): string => {
  if (into.left <= 0) return '…'
  const text = compose(value, into, depth)
  into.left -= text.length
  return text
}

const compose = (value: Value, into: Description, depth: number): string => {
  const { content, heap, imports } = into
  const kind = heap.kindOf(value)
  if (kind === undefined) return describeLiteral(content, value)
  const imported = imports.of(value)
  if (imported !== undefined) return printable(fullName(imported))
  const items = heap.itemsOf(value)
  if (items === undefined || depth >= maximumDepth) return '…'
  const inner = (each: readonly Value[]): string[] => {
    const shown = each.slice(0, maximumItems).map((item) => write(item, into, depth + 1))
    return each.length > maximumItems ? [...shown, '…'] : shown
  }
  switch (kind) {
    case kinds.tuple:
      return `(${inner(items).join(', ')})`
    case kinds.list:
      return `[${inner(items).join(', ')}]`
    case kinds.dict: {
      const pairs = inner(items)
      return `{${pairs.map((each, index) => (index % 2 === 0 ? `${each}: ` : `${each}, `)).join('')}}`.replace(
        /, \}$/,
        '}',
      )
    }
    case kinds.bytearray:
      return describeLiteral(content, items[0] ?? 0)
    case kinds.set:
    case kinds.frozenset:
      return `{${inner(items).join(', ')}}`
    default:
      return composeCall(items[0] ?? 0, items[1] ?? heap.emptyTuple, into, depth + 1)
  }
}

const composeCall = (callee: Value, values: Value, into: Description, depth: number): string => {
  const called = write(callee, into, depth + 1)
  const tuple = write(values, into, depth)
  return `${called}${tuple.startsWith('(') ? tuple : `(*${tuple})`}`
}

const begun = ({ content, heap, imports }: Described): Description => ({
  content,
  heap,
  imports,
  left: maximumDescription,
})

/** A value as Python would write it, cut off where it gets long: `os.system("id")`. */
export const describeValue = (value: Value, machine: Described): string => write(value, begun(machine), 0)

/** A call as Python would write it. */
export const describeCall = (callee: Value, values: Value, machine: Described): string =>
  composeCall(callee, values, begun(machine), 0)
