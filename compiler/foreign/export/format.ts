/** What an exporter is. */
import type { ResolvedPolicy } from '../../resolve/index.ts';
import type { Report } from '../../schema/read.ts';

export interface ExportedDocument {
  /** Index of the source of its policy; null: it is for all of them. */
  readonly source: number | null;
  /** As JSON has it. */
  readonly document: object;
}

export interface ExportFormat {
  /** As it is named on the command line. */
  readonly name: string;
  /** As people call it. */
  readonly title: string;
  /**
   * @param policies in the order of decision
   * @param report errors: what the format cannot say, at its place; then what is returned means something else
   */
  documents(policies: readonly ResolvedPolicy[], report: Report): readonly ExportedDocument[];
}
