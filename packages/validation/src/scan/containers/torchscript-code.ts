import type { Format } from '../format.ts'
import type { Inspection } from '../inspection.ts'
import type { ByteSource } from '../source.ts'
import { containerRules } from './rules.ts'

/** Code that is longer is not read whole (CWE-770). */
const maximumCodeLength = 2 ** 24

/**
 * Operators of TorchScript that open files (`aten::from_file`, `aten::save`), as its serialised code calls them, and those
 * of namespaces that only a native library provides.
 */
const fileOperators = /\b(?:torch|ops\.aten)\.(?:from_file|save|load)\(/g
const foreignOperators =
  /\bops\.(?!(?:aten|prim|prims|quantized|inductor|torchvision|torchaudio|torchtext|_caffe2|static_runtime|tensorexpr|cuda|rng_prims|c10d|c10d_functional|mkldnn|mkldnn_prepacked|prepacked|xnnpack|sparse|metal|vulkan_prepack|onednn)\.)[A-Za-z_]\w*\.[A-Za-z_]\w*/g

const inspectCode = (content: ByteSource, inspection: Inspection): void => {
  if (content.size > maximumCodeLength) {
    inspection.incomplete(`not scanned: TorchScript of more than ${maximumCodeLength} bytes`)
    return
  }
  const code = Buffer.from(content.read(0, content.size)).toString('utf8')
  for (const pattern of [fileOperators, foreignOperators]) {
    for (const { 0: call, index } of code.matchAll(pattern)) {
      inspection.report({
        rule: containerRules['torchscript-file-access'],
        message: `expected operators on tensors only, found ${call}`,
        offset: index,
        evidence: { operator: call },
      })
    }
  }
}

/** The code in a TorchScript archive: it looks like Python, and only the interpreter of TorchScript runs it. */
export const torchScriptCode: Format = {
  name: 'torchscript-code',
  title: 'TorchScript code',
  recognise: () => undefined,
  inspect: inspectCode,
}
