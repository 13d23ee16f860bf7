export {
  SECTION_DEFAULTS,
  type SectionMinimum,
  type SectionOptions,
  type SectionProfile,
  sectionProfile,
} from './sections.ts';
