// Mistakes in what is taken of a file, and how long it stays.

const store = 'src/store/files.rs';
const first = 'tests/attachments.rs';

export const FILES = [
  {
    name: 'pictures-tell-the-place',
    breaks: 'F3',
    first: 'tests/files.rs',
    edits: [
      {
        file: 'src/files/jpeg.rs',
        find: '0xe1..=0xef | 0xfe => Err(Trouble::Metadata),',
        replace: '0xe1..=0xef | 0xfe => Ok(self.rest(length, false)),',
      },
    ],
  },
  {
    name: 'half-a-file-is-sent',
    breaks: 'F5',
    first,
    edits: [
      {
        file: store,
        find: "AND state IN ('stored', 'sent')",
        replace: "AND state <> 'going'",
      },
    ],
  },
  {
    name: 'sent-files-are-dropped',
    breaks: 'F6',
    first,
    edits: [{ file: store, find: "state = 'sent', due = NULL", replace: "state = 'sent'" }],
  },
  {
    name: 'anybodys-files-count-for-nobody',
    breaks: 'F4',
    first,
    edits: [
      {
        file: store,
        find: 'Ok(count.saturating_add(more) <= limits::FILES && fits)',
        replace: 'Ok(count.saturating_add(more) <= limits::FILES || fits)',
      },
    ],
  },
];
