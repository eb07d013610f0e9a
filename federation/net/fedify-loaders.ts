import {
  type AuthenticatedDocumentLoaderFactory,
  type DocumentLoader,
  type DocumentLoaderFactory,
  FetchError,
  preloadedContexts,
} from '@fedify/vocab-runtime';
import type { DocumentReason, LoadDocument } from './document-loader.ts';

/** Fedify learns from the status of the response whether an actor was deleted. */
const STATUSES: Partial<Record<DocumentReason, number>> = { gone: 410, 'not-found': 404, refused: 403 };

/** The three factories through which Fedify reads the web, for `createFederation`. */
export interface FedifyLoaders {
  readonly documentLoaderFactory: DocumentLoaderFactory;
  readonly authenticatedDocumentLoaderFactory: AuthenticatedDocumentLoaderFactory;
  readonly contextLoaderFactory: DocumentLoaderFactory;
}

/**
 * Makes Fedify use our loader and nothing else. JSON-LD contexts come from the bundle that Fedify ships; an
 * unknown one is an error and never a request (security.md R3; fedify.md G2). Every document is asked for as
 * our loader signs it, by the instance actor, whichever identity Fedify has in mind.
 */
export function createFedifyLoaders(loadDocument: LoadDocument): FedifyLoaders {
  const loadBundled = (url: string) => {
    const document = Object.hasOwn(preloadedContexts, url) ? preloadedContexts[url] : undefined;
    return document === undefined ? undefined : { contextUrl: null, document, documentUrl: url };
  };

  const contextLoader: DocumentLoader = async (url) => {
    const bundled = loadBundled(url);
    if (!bundled)
      throw new FetchError(url, 'This JSON-LD context is not one of those that come with the server.');
    return bundled;
  };

  const documentLoader: DocumentLoader = async (url, options) => {
    const bundled = loadBundled(url);
    if (bundled) return bundled;
    const loaded = await loadDocument(url, options?.signal && { signal: options.signal });
    if (loaded.ok) return { contextUrl: null, document: loaded.document, documentUrl: loaded.url };
    const status = STATUSES[loaded.reason];
    const response = status === undefined ? undefined : new Response(null, { status });
    throw new FetchError(url, loaded.detail ?? loaded.reason, response);
  };

  return {
    documentLoaderFactory: () => documentLoader,
    authenticatedDocumentLoaderFactory: () => documentLoader,
    contextLoaderFactory: () => contextLoader,
  };
}
