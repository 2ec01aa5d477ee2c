import { ruleTable } from '../rule.ts'

const references = ['https://github.com/huggingface/safetensors#format']
const remediation =
  'Do not load the file. Get it again from its source, or have its author save it again with safetensors.'

/** What makes a safetensors file unsafe. */
export const safetensorsRules = ruleTable('safetensors', {
  'header-length': {
    severity: 'high',
    title: 'The header does not fit the file',
    explanation:
      'The first eight bytes say how long the header is. A length beyond the file or beyond the 100 MB that the format allows makes a careless reader allocate or read without bound.',
    remediation,
    tags: ['CWE-789', 'CWE-130'],
    references,
  },
  'header-start': {
    severity: 'medium',
    title: 'The header does not begin with a brace',
    explanation:
      'The format demands `{` as the first byte of the header, so that no other format can be put there. A file that begins otherwise is a polyglot in the making, or was edited by hand.',
    remediation,
    tags: ['CWE-434'],
    references,
  },
  'header-encoding': {
    severity: 'medium',
    title: 'The header is not UTF-8',
    explanation:
      'Readers that replace broken characters and readers that refuse them see different tensor names in the same file.',
    remediation,
    tags: ['CWE-176', 'CWE-436'],
    references,
  },
  'header-syntax': {
    severity: 'medium',
    title: 'The header is not a JSON object',
    explanation:
      'A header that strict readers refuse may still be taken by a lenient one, which then reads what no check has seen.',
    remediation,
    tags: ['CWE-20'],
    references,
  },
  'header-nesting': {
    severity: 'high',
    title: 'The header nests without end',
    explanation: 'Values inside one another by the thousand exhaust the stack of a reader that recurses.',
    remediation,
    tags: ['CWE-674'],
    references,
  },
  'header-padding': {
    severity: 'medium',
    title: 'Something other than spaces follows the header',
    explanation:
      'The header may be padded with spaces only. Other bytes there are seen by no reader of tensors and can carry a second file.',
    remediation,
    tags: ['CWE-434', 'CWE-506'],
    references,
  },
  'duplicate-key': {
    severity: 'high',
    title: 'A key stands twice in the header',
    explanation:
      'One reader takes the first, another the last: the tensors that were reviewed are not the tensors that are loaded.',
    remediation,
    tags: ['CWE-436', 'CWE-694'],
    references: [...references, 'https://www.rfc-editor.org/rfc/rfc8259#section-4'],
  },
  'metadata-type': {
    severity: 'medium',
    title: 'The metadata is not text',
    explanation:
      '`__metadata__` maps text to text. Objects, lists or numbers there are how configuration is passed to loaders that trust it.',
    remediation,
    tags: ['CWE-20', 'CWE-843'],
    references,
  },
  'tensor-entry': {
    severity: 'medium',
    title: 'A tensor is not described as the format demands',
    explanation:
      'Each tensor has a `dtype`, a `shape` of whole numbers and two `data_offsets`. Readers that assume so without looking fail in ways that an attacker can choose.',
    remediation,
    tags: ['CWE-20', 'CWE-843'],
    references,
  },
  'element-type': {
    severity: 'medium',
    title: 'A tensor has an element type that the format does not know',
    explanation: 'The size of its elements is then whatever a reader assumes, and its bounds cannot be checked.',
    remediation,
    tags: ['CWE-20'],
    references,
  },
  'shape-overflow': {
    severity: 'high',
    title: 'The size of a tensor overflows',
    explanation:
      'A product of dimensions beyond 64 bits wraps to a small number in native readers: they allocate little and then write much.',
    remediation,
    tags: ['CWE-190', 'CWE-787'],
    references,
  },
  'size-mismatch': {
    severity: 'high',
    title: 'A tensor has more or fewer bytes than its shape needs',
    explanation:
      'A reader that goes by the shape reads beyond the tensor, and one that goes by the offsets reads bytes that the shape hides.',
    remediation,
    tags: ['CWE-125', 'CWE-131'],
    references,
  },
  'offset-range': {
    severity: 'high',
    title: 'A tensor lies outside the file',
    explanation: 'A reader that maps the file without a check reads memory that is not the model.',
    remediation,
    tags: ['CWE-125', 'CWE-823'],
    references,
  },
  overlap: {
    severity: 'high',
    title: 'Two tensors share bytes',
    explanation:
      'The format forbids it: writing to one tensor changes the other, and many names for the same bytes make a small file expand without bound.',
    remediation,
    tags: ['CWE-119', 'CWE-409'],
    references,
  },
  hole: {
    severity: 'medium',
    title: 'Bytes between tensors belong to none',
    explanation:
      'The whole buffer must be indexed: what no tensor names is a place to hide a second file or a payload.',
    remediation,
    tags: ['CWE-506', 'CWE-434'],
    references,
  },
  'trailing-data': {
    severity: 'high',
    title: 'Bytes follow the last tensor',
    explanation:
      'The buffer must end with the last tensor. Formats that are read from their end, such as zip, make the file two things at once.',
    remediation,
    tags: ['CWE-434', 'CWE-506'],
    references,
  },
  'tensor-name': {
    severity: 'medium',
    title: 'The name of a tensor reaches beyond a name',
    explanation:
      'A name such as `__proto__`, or a path that climbs out of a directory, harms loaders that use names as keys of objects or as names of files; control characters forge what a reviewer sees.',
    remediation,
    tags: ['CWE-1321', 'CWE-22', 'CWE-117'],
  },
  alignment: {
    severity: 'info',
    title: 'The tensors are not aligned',
    explanation:
      'Since version 0.3 writers pad the header so that tensors can be mapped in place. Without it readers must copy; native ones that do not look fault on some processors.',
    remediation: 'Save the file again with a recent safetensors.',
    tags: ['CWE-1247'],
    references,
  },
  'index-path': {
    severity: 'high',
    title: 'The index of shards names a file elsewhere',
    explanation:
      'The index of a sharded model maps tensors to files beside it. An absolute path, an address or `..` makes a loader read what lies elsewhere on the machine.',
    remediation: 'Do not load the model by this index. Its files must be named without any directory outside it.',
    tags: ['CWE-22', 'CWE-73'],
  },
})
