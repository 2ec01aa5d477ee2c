import { fixtures as pickles } from '../rules/pickle.fixtures.ts'
import {
  assemble,
  binary,
  call,
  created,
  little,
  named,
  orderedDictionary,
  pickle,
  proto,
  shellCall,
  small,
  stacked,
  text,
  tuple,
} from '../support/pickle-assembler.ts'
import { type Advisory, judged, refused, reported } from './advisory.ts'

const pickled = reported(pickles)
const dangerousCall = 'pickle/dangerous-call'

/** Ways past fickling and modelaudit; the names that fickling missed stand with the callables. */
export const fickling: readonly Advisory[] = [
  ...pickled('GHSA-mxhj-88fx-4pcv', dangerousCall, 'critical', 'GHSA-mxhj-88fx-4pcv: OBJ, and the result thrown away'),
  refused(
    'GHSA-mxhj-88fx-4pcv',
    'INST, and the result thrown away',
    dangerousCall,
    'critical',
    assemble("(S'x'\nios\nsystem\n0N."),
  ),
  ...pickled('GHSA-5j3x-jp52-966f', 'pickle/dotted-name', 'high', 'GHSA-5j3x-jp52-966f: through a module'),
  ...pickled(
    'GHSA-cffv-grgg-g429',
    'pickle/call-arguments',
    'high',
    'GHSA-cffv-grgg-g429: a partial of what is not allowed',
  ),
  refused(
    'GHSA-cffv-grgg-g429',
    'an unknown name of an allowed module',
    'pickle/unknown-call',
    'high',
    pickle(call(named('collections', 'no_such_name'), text('x'))),
  ),
  ...pickled('GHSA-565g-hwwr-4pp3', 'pickle/code-object', 'medium', 'marshalled code'),
  refused(
    'fickling #196',
    'a list that holds itself, and a call',
    dangerousCall,
    'critical',
    pickle(']\x94h\x00a0', shellCall),
  ),
  refused(
    'fickling #196',
    'a call of a list that holds itself',
    dangerousCall,
    'critical',
    pickle(call(named('os', 'system'), ']\x94h\x00a')),
  ),
  judged('fickling #196', 'a list that holds itself is data', 'pass', pickle(']\x94h\x00a')),
  ...['fickling #322', 'fickling #324'].flatMap((id) => [
    refused(id, 'FLOAT before a call', dangerousCall, 'critical', assemble("}F1.0\ncos\nsystem\n(S'x'\ntR.")),
    refused(
      id,
      'BYTEARRAY8 before a call',
      dangerousCall,
      'critical',
      assemble(proto(5), '\x96', little(2, 8), 'ab', shellCall, '.'),
    ),
    refused(
      id,
      'NEXT_BUFFER and READONLY_BUFFER before a call',
      dangerousCall,
      'critical',
      assemble(proto(5), '\x97\x980', shellCall, '.'),
    ),
    refused(
      id,
      'an opcode that none knows behind a call',
      'pickle/broken-tail',
      'high',
      assemble(proto(4), shellCall, '\xff'),
    ),
  ]),
  judged(
    'fickling #324',
    'a float of protocol 0 and a bytearray are data',
    'pass',
    assemble(proto(5), '(F1.5\n\x96', little(5, 8), 'hello', 't.'),
  ),
  judged(
    'fickling #226',
    'an ordered dictionary of a complex number and a date is harmless',
    'pass',
    pickle(
      orderedDictionary,
      ...[text('z'), call(stacked('builtins', 'complex'), small(1), small(2)), 's'],
      ...[text('day'), call(stacked('datetime', 'date'), binary('\x07\xe8\x01\x01')), 's'],
    ),
  ),
  refused(
    'modelaudit #1046',
    'a model that names a trusted publisher',
    dangerousCall,
    'critical',
    pickle(tuple(text('google/bert-base-uncased'), created(stacked('transformers', 'BertModel')), shellCall)),
  ),
  refused('modelaudit opcode limit', 'a call behind a million opcodes', dangerousCall, 'critical', () =>
    pickle('N0'.repeat(550_000), shellCall),
  ),
]
