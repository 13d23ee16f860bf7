import type { Handlers } from '../http/handlers.ts';
import { ARCHIVES } from './archives.ts';
import { BOOK } from './book.ts';
import { DOCUMENTS } from './documents.ts';
import { PEOPLE } from './people.ts';
import { TALK } from './reviews.ts';
import { SCANS } from './scans.ts';

/** The code behind every route of the table; one that is missing does not compile. */
export const HANDLERS: Handlers = { ...PEOPLE, ...BOOK, ...DOCUMENTS, ...SCANS, ...TALK, ...ARCHIVES };
