import { expect, test } from 'vitest'
import { runPickle } from '../src/scan/pickle/run-pickle.ts'
import { bytesSource } from '../src/scan/source.ts'
import {
  assemble,
  binary,
  built,
  call,
  created,
  dictionary,
  orderedDictionary,
  type PicklePart,
  pickle,
  small,
  stacked,
  text,
  tuple,
} from './support/pickle-assembler.ts'

const rulesOf = (...parts: readonly PicklePart[]): string[] =>
  runPickle(bytesSource(pickle(...parts)), 0).log.sightings.map(({ rule }) => rule.id)

const typeOf = (code: string): Buffer => call(stacked('numpy', 'dtype'), text(code), '\x89', '\x88')

interface State {
  readonly subarray?: PicklePart
  readonly names?: PicklePart
  readonly fields?: PicklePart
  readonly size?: number
}

/** The state of a dtype, as numpy 1 and 2 write it. */
const stateOf = (flags: number, { subarray = 'N', names = 'N', fields = 'N', size = 8 }: State = {}): Buffer =>
  tuple(small(3), text('|'), subarray, names, fields, small(size), small(1), small(flags))

const objects = built(typeOf('O8'), stateOf(63))
const structure = (flags: number, ...fields: readonly PicklePart[]): Buffer =>
  built(typeOf('V8'), stateOf(flags, { names: tuple(text('a')), fields: dictionary(...fields) }))
const field = (type: PicklePart): Buffer[] => [text('a'), tuple(type, small(0))]

test('types of arrays as numpy writes them are left alone', () => {
  for (const type of [
    built(typeOf('f8'), stateOf(0)),
    built(typeOf('U5'), stateOf(8, { size: 20 })),
    objects,
    structure(27, ...field(objects)),
    structure(16, ...field(built(typeOf('f8'), stateOf(0)))),
    structure(27, ...field(structure(27, ...field(objects)))),
    built(typeOf('V16'), stateOf(63, { subarray: tuple(objects, tuple(small(2))), size: 16 })),
    built(typeOf('V16'), stateOf(0, { subarray: tuple(typeOf('f8'), tuple(small(2))), size: 16 })),
    built(
      call(stacked('numpy', 'dtype'), stacked('numpy', 'record'), '\x89', '\x88'),
      stateOf(16, { names: tuple(text('a')), fields: dictionary(...field(typeOf('f8'))) }),
    ),
  ]) {
    expect(rulesOf(type)).toEqual([])
  }
})

test('a type of objects whose flags do not say so is refused: numpy would take bytes for pointers', () => {
  const many = Array.from({ length: 40 }, (_, index) => [text(`f${index}`), tuple(typeOf('f8'), small(0))]).flat()
  for (const type of [
    structure(0, ...field(typeOf('O8'))),
    structure(1, ...field(objects)),
    structure(16, ...many, ...field(objects)),
    structure(0, ...field(structure(27, ...field(objects)))),
    built(typeOf('O8'), stateOf(0)),
    built(typeOf('object'), stateOf(0)),
    built(call(stacked('numpy', 'dtype'), stacked('builtins', 'object')), stateOf(0)),
    built(created(stacked('numpy.dtypes', 'ObjectDType')), stateOf(0)),
    built(typeOf('V16'), stateOf(0, { subarray: tuple(objects, tuple(small(2))), size: 16 })),
    built(typeOf('V8'), stateOf(0, { names: tuple(text('a')), fields: orderedDictionary })),
    // Version 3 without flags: they are none.
    built(typeOf('O8'), tuple(small(3), text('|'), 'N', 'N', 'N', small(8), small(1))),
    built(typeOf('O8'), call(stacked('time', 'struct_time'), tuple(small(3), text('|')))),
  ]) {
    expect(rulesOf(type)).toEqual(['pickle/array-type'])
  }
})

test('a type that changes while it is in use is refused', () => {
  const array = built(
    call(stacked('numpy.core.multiarray', '_reconstruct'), stacked('numpy', 'ndarray'), tuple(small(0)), binary('b')),
    tuple(small(1), tuple(small(1)), 'h\x00', '\x89', binary('12345678')),
  )
  const kept = assemble(typeOf('V8'), '\x94')
  const becomesObject = built('h\x00', stateOf(63, { names: tuple(text('a')), fields: dictionary(...field(objects)) }))
  expect(rulesOf('(', kept, array, becomesObject, 't')).toEqual(['pickle/array-type'])
  expect(rulesOf('(', kept, structure(0, ...field('h\x00')), becomesObject, 't')).toEqual(['pickle/array-type'])
  const fields = assemble('}\x94(', ...field(typeOf('f8')), 'u')
  const holder = built(typeOf('V8'), stateOf(0, { names: tuple(text('a')), fields }))
  expect(rulesOf('(', holder, 'h\x00', ...field(typeOf('O8')), 's', 't')).toEqual(['pickle/array-type'])
})
