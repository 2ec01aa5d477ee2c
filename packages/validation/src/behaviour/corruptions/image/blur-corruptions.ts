import { corruptionTable, type ImageCorruption } from '../corruption-description.ts'
import { defocusBlur } from './defocus-blur.ts'
import { gaussianBlur, glassBlur } from './glass-blur.ts'
import { common, extra, single } from './image-facts.ts'
import { motionBlur } from './motion-blur.ts'
import { zoomBlur } from './zoom-blur.ts'

/** What blurs pictures. */
export const blurCorruptions = corruptionTable<ImageCorruption>()({
  'defocus-blur': {
    ...common,
    title: 'Defocus blur',
    parameters: ['radius', 'softness of the rim'],
    isSeeded: false,
    severities: {
      cifar: [
        [0.3, 0.4],
        [0.4, 0.5],
        [0.5, 0.6],
        [1, 0.2],
        [1.5, 0.1],
      ],
      'tiny-imagenet': [
        [0.5, 0.6],
        [1, 0.1],
        [1.5, 0.1],
        [2.5, 0.01],
        [3, 0.1],
      ],
      imagenet: [
        [3, 0.1],
        [4, 0.5],
        [6, 0.5],
        [8, 0.5],
        [10, 0.5],
      ],
    },
    prepare: (shape, [radius = 0, softness = 1]) => defocusBlur(shape, radius, softness),
  },
  'glass-blur': {
    ...common,
    title: 'Frosted glass blur',
    parameters: ['deviation', 'reach', 'iterations'],
    isSeeded: true,
    severities: {
      cifar: [
        [0.05, 1, 1],
        [0.25, 1, 1],
        [0.4, 1, 1],
        [0.25, 1, 2],
        [0.4, 1, 2],
      ],
      'tiny-imagenet': [
        [0.1, 1, 1],
        [0.5, 1, 1],
        [0.6, 1, 2],
        [0.7, 2, 1],
        [0.9, 2, 2],
      ],
      imagenet: [
        [0.7, 1, 2],
        [0.9, 2, 1],
        [1, 2, 3],
        [1.1, 3, 2],
        [1.5, 4, 2],
      ],
    },
    prepare: (shape, [deviation = 0, reach = 1, iterations = 1]) => glassBlur(shape, deviation, reach, iterations),
  },
  'motion-blur': {
    ...common,
    title: 'Motion blur',
    parameters: ['radius', 'deviation'],
    isSeeded: true,
    severities: {
      cifar: [
        [6, 1],
        [6, 1.5],
        [6, 2],
        [8, 2],
        [9, 2.5],
      ],
      'tiny-imagenet': [
        [10, 1],
        [10, 1.5],
        [10, 2],
        [10, 2.5],
        [12, 3],
      ],
      imagenet: [
        [10, 3],
        [15, 5],
        [15, 8],
        [15, 12],
        [20, 15],
      ],
    },
    prepare: (shape, [radius = 1, deviation = 1]) => motionBlur(shape, radius, deviation),
  },
  'zoom-blur': {
    ...common,
    title: 'Zoom blur',
    // What the original makes by counting in floating point: 1 to 1.06 in steps of 0.01 are seven.
    parameters: ['enlargements', 'step'],
    isSeeded: false,
    severities: {
      cifar: [
        [7, 0.01],
        [12, 0.01],
        [16, 0.01],
        [21, 0.01],
        [26, 0.01],
      ],
      'tiny-imagenet': [
        [7, 0.01],
        [12, 0.01],
        [16, 0.01],
        [21, 0.01],
        [26, 0.01],
      ],
      imagenet: [
        [12, 0.01],
        [16, 0.01],
        [11, 0.02],
        [13, 0.02],
        [11, 0.03],
      ],
    },
    prepare: (shape, [count = 1, step = 0]) => zoomBlur(shape, count, step),
  },
  'gaussian-blur': {
    ...extra,
    title: 'Gaussian blur',
    parameters: ['deviation'],
    isSeeded: false,
    severities: {
      cifar: single([0.4, 0.6, 0.7, 0.8, 1]),
      'tiny-imagenet': single([0.5, 0.75, 1, 1.25, 1.5]),
      imagenet: single([1, 2, 3, 4, 6]),
    },
    prepare: (shape, [deviation = 0]) => gaussianBlur(shape, deviation),
  },
})
