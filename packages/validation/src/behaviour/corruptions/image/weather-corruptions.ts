import { corruptionTable, type ImageCorruption } from '../corruption-description.ts'
import { brightness } from './colours.ts'
import { common, extra, single } from './image-facts.ts'
import { spatter } from './spatter.ts'
import { fog, frost, snow } from './weather.ts'

/** What weather and light do to pictures. */
export const weatherCorruptions = corruptionTable<ImageCorruption>()({
  snow: {
    ...common,
    title: 'Snow',
    parameters: ['mean', 'deviation', 'zoom', 'threshold', 'radius of the fall', 'its deviation', 'share kept'],
    isSeeded: true,
    severities: {
      cifar: [
        [0.1, 0.2, 1, 0.6, 8, 3, 0.95],
        [0.1, 0.2, 1, 0.5, 10, 4, 0.9],
        [0.15, 0.3, 1.75, 0.55, 10, 4, 0.9],
        [0.25, 0.3, 2.25, 0.6, 12, 6, 0.85],
        [0.3, 0.3, 1.25, 0.65, 14, 12, 0.8],
      ],
      'tiny-imagenet': [
        [0.1, 0.2, 1, 0.6, 8, 3, 0.8],
        [0.1, 0.2, 1, 0.5, 10, 4, 0.8],
        [0.15, 0.3, 1.75, 0.55, 10, 4, 0.7],
        [0.25, 0.3, 2.25, 0.6, 12, 6, 0.65],
        [0.3, 0.3, 1.25, 0.65, 14, 12, 0.6],
      ],
      imagenet: [
        [0.1, 0.3, 3, 0.5, 10, 4, 0.8],
        [0.2, 0.3, 2, 0.5, 12, 4, 0.7],
        [0.55, 0.3, 4, 0.9, 12, 8, 0.7],
        [0.55, 0.3, 4.5, 0.85, 12, 8, 0.65],
        [0.55, 0.3, 2.5, 0.85, 12, 12, 0.55],
      ],
    },
    prepare: snow,
  },
  frost: {
    ...common,
    title: 'Frost (a texture of our own)',
    parameters: ['share kept', 'frost'],
    isSeeded: true,
    severities: {
      cifar: [
        [1, 0.2],
        [1, 0.3],
        [0.9, 0.4],
        [0.85, 0.4],
        [0.75, 0.45],
      ],
      'tiny-imagenet': [
        [1, 0.3],
        [0.9, 0.4],
        [0.8, 0.45],
        [0.75, 0.5],
        [0.7, 0.55],
      ],
      imagenet: [
        [1, 0.4],
        [0.8, 0.6],
        [0.7, 0.7],
        [0.65, 0.7],
        [0.6, 0.75],
      ],
    },
    prepare: (shape, [kept = 1, amount = 0]) => frost(shape, kept, amount),
  },
  fog: {
    ...common,
    title: 'Fog',
    parameters: ['amount', 'decay of the roughness'],
    isSeeded: true,
    severities: {
      cifar: [
        [0.2, 3],
        [0.5, 3],
        [0.75, 2.5],
        [1, 2],
        [1.5, 1.75],
      ],
      'tiny-imagenet': [
        [0.4, 3],
        [0.7, 3],
        [1, 2.5],
        [1.5, 2],
        [2, 1.75],
      ],
      imagenet: [
        [1.5, 2],
        [2, 2],
        [2.5, 1.7],
        [2.5, 1.5],
        [3, 1.4],
      ],
    },
    prepare: (shape, [amount = 0, decay = 2]) => fog(shape, amount, decay),
  },
  brightness: {
    ...common,
    title: 'Brightness',
    parameters: ['added value'],
    isSeeded: false,
    severities: {
      cifar: single([0.05, 0.1, 0.15, 0.2, 0.3]),
      'tiny-imagenet': single([0.1, 0.2, 0.3, 0.4, 0.5]),
      imagenet: single([0.1, 0.2, 0.3, 0.4, 0.5]),
    },
    prepare: (shape, [more = 0]) => brightness(shape, more),
  },
  spatter: {
    ...extra,
    title: 'Spatter',
    parameters: ['mean', 'deviation', 'smoothness', 'threshold', 'amount', 'mud instead of water'],
    isSeeded: true,
    severities: {
      cifar: [
        [0.62, 0.1, 0.7, 0.7, 0.5, 0],
        [0.65, 0.1, 0.8, 0.7, 0.5, 0],
        [0.65, 0.3, 1, 0.69, 0.5, 0],
        [0.65, 0.1, 0.7, 0.69, 0.6, 1],
        [0.65, 0.1, 0.5, 0.68, 0.6, 1],
      ],
      'tiny-imagenet': [
        [0.62, 0.1, 0.7, 0.7, 0.6, 0],
        [0.65, 0.1, 0.8, 0.7, 0.6, 0],
        [0.65, 0.3, 1, 0.69, 0.6, 0],
        [0.65, 0.1, 0.7, 0.68, 0.6, 1],
        [0.65, 0.1, 0.5, 0.67, 0.6, 1],
      ],
      imagenet: [
        [0.65, 0.3, 4, 0.69, 0.6, 0],
        [0.65, 0.3, 3, 0.68, 0.6, 0],
        [0.65, 0.3, 2, 0.68, 0.5, 0],
        [0.65, 0.3, 1, 0.65, 1.5, 1],
        [0.67, 0.4, 1, 0.65, 1.5, 1],
      ],
    },
    prepare: spatter,
  },
})
