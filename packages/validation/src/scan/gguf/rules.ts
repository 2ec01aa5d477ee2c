import { ruleTable } from '../rule.ts'

const references = ['https://github.com/ggml-org/ggml/blob/master/docs/gguf.md']
const remediation =
  'Do not load the file. Get it again from its source, or have it converted again with a current llama.cpp.'
const heapOverflow = 'https://talosintelligence.com/vulnerability_reports/'

/** What makes a GGUF file unsafe. */
export const ggufRules = ruleTable('gguf', {
  version: {
    severity: 'medium',
    title: 'The version of the file is none that loaders read',
    explanation:
      'GGUF has the versions 2 and 3; current loaders refuse the first one. An unknown version makes a reader guess at the layout of everything that follows.',
    remediation,
    tags: ['CWE-20'],
    references,
  },
  'byte-order': {
    severity: 'low',
    title: 'The file is written for big-endian machines',
    explanation: 'Few machines are big-endian. On others a loader refuses the file or reads every length reversed.',
    remediation: 'Convert the file for your machine, unless it is a big-endian one.',
    tags: ['CWE-198'],
    references,
  },
  'tensor-count': {
    severity: 'high',
    title: 'The file announces more tensors than it can hold',
    explanation:
      'Loaders allocated as many descriptions as the header says; a count chosen to overflow the product gave a small buffer and a heap overflow.',
    remediation,
    tags: ['CWE-190', 'CWE-789', 'CVE-2024-21836'],
    references: [...references, `${heapOverflow}TALOS-2024-1915`],
  },
  'key-count': {
    severity: 'high',
    title: 'The file announces more metadata than it can hold',
    explanation:
      'Loaders allocated as many key-value pairs as the header says; a count chosen to overflow the product gave a small buffer and a heap overflow.',
    remediation,
    tags: ['CWE-190', 'CWE-789', 'CVE-2024-23605'],
    references: [...references, `${heapOverflow}TALOS-2024-1916`],
  },
  truncated: {
    severity: 'medium',
    title: 'The file ends within its header',
    explanation: 'A reader that does not compare every read with the end of the file goes on with what memory holds.',
    remediation,
    tags: ['CWE-125', 'CWE-130'],
    references,
  },
  'string-length': {
    severity: 'high',
    title: 'A string is longer than the file',
    explanation:
      'A string of 2^64 - 1 bytes made loaders allocate none, because of the byte that is added for the end, and then write over the heap.',
    remediation,
    tags: ['CWE-190', 'CWE-130', 'CVE-2024-23496'],
    references: [...references, `${heapOverflow}TALOS-2024-1913`],
  },
  key: {
    severity: 'medium',
    title: 'The name of a metadata entry is no name',
    explanation:
      'Names are short text without control characters. An empty, endless or unprintable one hides an entry from a reviewer and confuses readers that look entries up.',
    remediation,
    tags: ['CWE-20', 'CWE-117'],
    references,
  },
  'duplicate-key': {
    severity: 'medium',
    title: 'A metadata entry stands twice',
    explanation:
      'One reader takes the first, another the last: the template or the size that was reviewed is not the one that is used.',
    remediation,
    tags: ['CWE-694', 'CWE-436'],
    references,
  },
  'value-type': {
    severity: 'medium',
    title: 'A metadata value has a type that the format does not know',
    explanation: 'Its length is then whatever a reader assumes, and all that follows is read at the wrong place.',
    remediation,
    tags: ['CWE-843', 'CWE-129'],
    references,
  },
  'array-length': {
    severity: 'high',
    title: 'A metadata array is longer than the file',
    explanation:
      'Loaders allocated the count times the size of an element without looking for overflow, and then read all elements into a small buffer.',
    remediation,
    tags: ['CWE-190', 'CWE-787', 'CVE-2024-21825'],
    references: [...references, `${heapOverflow}TALOS-2024-1912`],
  },
  'nested-array': {
    severity: 'medium',
    title: 'A metadata array holds arrays',
    explanation: 'No loader reads them. One that tried by recursion would exhaust its stack.',
    remediation,
    tags: ['CWE-674'],
    references,
  },
  boolean: {
    severity: 'low',
    title: 'A truth value is neither true nor false',
    explanation: 'The byte of a truth value is 0 or 1. What a native reader does with another is undefined.',
    remediation,
    tags: ['CWE-758'],
    references,
  },
  'key-type': {
    severity: 'medium',
    title: 'A known metadata entry has another type than it must have',
    explanation:
      'Loaders ask for these entries by type and abort, or read the value as what it is not, when it has another.',
    remediation,
    tags: ['CWE-843', 'CWE-617'],
    references,
  },
  vocabulary: {
    severity: 'medium',
    title: 'The vocabulary and what belongs to it differ in length',
    explanation:
      'Scores and types of tokens are read by the number of tokens. When there are fewer, a loader reads beyond the array.',
    remediation,
    tags: ['CWE-125'],
    references,
  },
  architecture: {
    severity: 'low',
    title: 'The file does not say which architecture it is',
    explanation: 'The format demands `general.architecture`. Without it no loader can read the model.',
    remediation,
    tags: ['CWE-20'],
    references,
  },
  alignment: {
    severity: 'medium',
    title: 'The alignment is no usable power of two',
    explanation: 'Readers round places up to the alignment: zero divides by zero, a huge one overflows what it rounds.',
    remediation,
    tags: ['CWE-369', 'CWE-190'],
    references,
  },
  'tensor-name': {
    severity: 'medium',
    title: 'The name of a tensor is no name',
    explanation:
      'Names of tensors are copied into a field of 64 bytes. A longer one ran over it; an empty or unprintable one hides the tensor.',
    remediation,
    tags: ['CWE-120', 'CWE-117'],
    references,
  },
  'duplicate-tensor': {
    severity: 'medium',
    title: 'Two tensors have the same name',
    explanation:
      'Which of them is used depends on the reader, so that the weights that were tested are not those that run.',
    remediation,
    tags: ['CWE-694', 'CWE-436'],
    references,
  },
  dimensions: {
    severity: 'high',
    title: 'A tensor has more dimensions than ggml holds',
    explanation: 'Loaders keep four. A file that announced more wrote over the heap behind them.',
    remediation,
    tags: ['CWE-787', 'CWE-129', 'CVE-2024-21802'],
    references: [...references, `${heapOverflow}TALOS-2024-1914`],
  },
  shape: {
    severity: 'high',
    title: 'A dimension of a tensor is negative',
    explanation: 'ggml keeps dimensions as signed numbers: what stands above 2^63 turns into a negative size.',
    remediation,
    tags: ['CWE-195', 'CWE-787'],
    references,
  },
  'size-overflow': {
    severity: 'high',
    title: 'The size of a tensor overflows',
    explanation:
      'A number of elements or bytes beyond 63 bits wraps to a small one: the loader allocates little and then works on much.',
    remediation,
    tags: ['CWE-190', 'CWE-787', 'CVE-2025-53630'],
    references,
  },
  'tensor-type': {
    severity: 'medium',
    title: 'A tensor has an element type that ggml does not know',
    explanation: 'Readers look the size of elements up in a table by this number: one outside it reads foreign memory.',
    remediation,
    tags: ['CWE-129', 'CWE-125'],
    references,
  },
  'removed-type': {
    severity: 'low',
    title: 'A tensor has an element type that ggml gave up',
    explanation: 'Current loaders refuse it; older ones have the faults that were repaired since.',
    remediation: 'Quantise the model again with a current llama.cpp.',
    tags: ['CWE-477'],
    references,
  },
  'block-shape': {
    severity: 'medium',
    title: 'A row of a tensor is no whole number of blocks',
    explanation:
      'Quantised types store blocks of a fixed length. A row that ends within one makes readers compute too small a size and read beyond it.',
    remediation,
    tags: ['CWE-131', 'CWE-125'],
    references,
  },
  offset: {
    severity: 'medium',
    title: 'A tensor does not begin at a multiple of the alignment',
    explanation:
      'Readers that map the file access it with instructions that fault at other places, or skip to another place than the writer meant.',
    remediation,
    tags: ['CWE-823', 'CWE-1247'],
    references,
  },
  'data-overrun': {
    severity: 'high',
    title: 'A tensor lies beyond the end of the file',
    explanation: 'A reader that maps the file without a check reads memory that is not the model.',
    remediation,
    tags: ['CWE-125', 'CWE-823'],
    references,
  },
  overlap: {
    severity: 'high',
    title: 'Two tensors share bytes',
    explanation: 'No converter writes it. What is loaded into one tensor changes the other.',
    remediation,
    tags: ['CWE-119'],
    references,
  },
  hole: {
    severity: 'medium',
    title: 'Bytes between tensors belong to none',
    explanation:
      'Tensors follow each other with at most one alignment between them. More is a place to hide a payload.',
    remediation,
    tags: ['CWE-506', 'CWE-434'],
    references,
  },
  'trailing-data': {
    severity: 'medium',
    title: 'Bytes follow the last tensor',
    explanation:
      'The file must end with its last tensor. Formats that are read from their end, such as zip, make it two things at once.',
    remediation,
    tags: ['CWE-434', 'CWE-506'],
    references,
  },
  padding: {
    severity: 'low',
    title: 'The padding before the tensors is not zero',
    explanation:
      'Converters pad with zeros. Other bytes are left-over memory of the machine that wrote the file, or a message.',
    remediation: 'Convert the model again.',
    tags: ['CWE-226', 'CWE-506'],
    references,
  },
  'legacy-structure': {
    severity: 'high',
    title: 'A file of the time before GGUF does not hold together',
    explanation:
      'These formats have no counts that could be checked: loaders trust every length in them, and are no longer maintained.',
    remediation: 'Do not load the file. Use the same model as GGUF.',
    tags: ['CWE-130', 'CWE-787'],
    references,
  },
})
