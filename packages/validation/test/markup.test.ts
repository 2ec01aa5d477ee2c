import { createSeededRandom } from '@nootropic/core'
import { expect, test } from 'vitest'
import { scan } from '../src/scan/index.ts'

const network = `<?xml version="1.0"?>
<net name="own" version="11">
  <layers>
    <layer id="0" name="input" type="Parameter" version="opset1"><data shape="1,3" element_type="f32"/></layer>
    <layer id="1" name="weights" type="Const" version="opset1"><data element_type="f32" shape="3" offset="0" size="12"/></layer>
  </layers>
  <edges><edge from-layer="0" from-port="0" to-layer="1" to-port="0"/></edges>
</net>`

test('networks and models are told by their root, and pass', async () => {
  const cases: Readonly<Record<string, string>> = {
    openvino: network,
    pmml: '<?xml version="1.0"?><PMML version="4.4" xmlns="http://www.dmg.org/PMML-4_4"><Header/></PMML>',
    'openvino-kernels': '<CustomLayers/>',
    xml: '<?xml version="1.0"?><anything><at all="1"/></anything>',
  }
  for (const [format, content] of Object.entries(cases)) {
    const { verdict, subject, findings } = await scan(Buffer.from(content))
    expect([verdict, subject.format, findings]).toEqual(['pass', format, []])
  }
})

test('CWE-611: an external entity is found in every encoding of the document', async () => {
  const hostile = '\uFEFF<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>'
  for (const bytes of [
    Buffer.from(hostile),
    Buffer.from(hostile, 'utf16le'),
    Buffer.from(hostile, 'utf16le').swap16(),
  ]) {
    const { verdict, findings } = await scan(bytes)
    expect([verdict, findings[0]?.rule]).toEqual(['fail', 'markup/external-entity'])
  }
})

test('what is not well-formed is incomplete, and what was seen before counts', async () => {
  expect((await scan(Buffer.from(network.slice(0, 300)))).verdict).toBe('incomplete')
  const hostile = network.replace('version="opset1"', 'version="opset1" library="libown.so"').slice(0, 300)
  expect((await scan(Buffer.from(hostile))).verdict).toBe('fail')
})

test('no mutation of a network throws', async () => {
  const random = createSeededRandom(5)
  for (let round = 0; round < 300; round += 1) {
    const bytes = Buffer.from(network)
    for (let change = 0; change <= random.integer(4); change += 1)
      bytes[random.integer(bytes.length)] = random.integer(256)
    expect((await scan(bytes)).stages[0]?.note ?? '').not.toContain('failed')
  }
})

test('XML that is made to be slow is not read to its end, and does not pass (CWE-400, CWE-770)', async () => {
  const repeated = (count: number, text: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => text(index))
  const cases: Readonly<Record<string, string>> = {
    'attributes of one element': `<a ${repeated(4097, (index) => `b${index}=""`).join(' ')}/>`,
    'names of attributes': `<a>${repeated(16_385, (index) => `<a b${index}=""/>`).join('')}</a>`,
    elements: `<a>${'<a/>'.repeat(2 ** 20)}</a>`,
    'document type': `<!DOCTYPE a [${'<!ELEMENT a ANY>'.repeat(2 ** 18 + 2 ** 15)}]><a/>`,
  }
  for (const [what, content] of Object.entries(cases)) {
    const { verdict, stages } = await scan(Buffer.from(`<?xml version="1.0"?>${content}`))
    expect([verdict, what, stages[0]?.note]).toEqual(['incomplete', what, expect.stringMatching(/: more than \d+ /)])
  }
  const sound = `<a>${repeated(20_000, (index) => `<b id="${index}" name="n"/>`).join('')}</a>`
  expect((await scan(Buffer.from(sound))).verdict).toBe('pass')
})
