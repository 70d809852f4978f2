import type { Badge } from '../shared/tunnel-state';

export const WELCOME = `Hello,

this is practice mail. No server on the internet sent it, and nothing you
do here can touch your own mail.

That you can read it means that everything works. Your mail program asked
for mail at "localhost", Mailmole took the question through a tunnel to a
mail server, and the answer came back the same way. Here that server is a
small one inside Mailmole. For your own mailbox it is your provider's.

Four more messages came with this one:

  - What just happened between your mail program and here
  - What the shapes and colours mean
  - How to point your mail program at Mailmole
  - How to remove the practice mailbox

Delete them as you like. They come back when Mailmole starts next, so that
you can practise again.

The mole
`;

/** Greetings in ten scripts, two of them from right to left, and one character beyond the first 65,536. */
export const JUST_HAPPENED = `Hello,

this is the way your question for mail has just gone, and the way this
message came back:

    your mail program
        │   plain, but inside this computer
    Mailmole, at “localhost”
        ║   encrypted, by SSH
    the SSH server
        │   plain, to the mail server beside it
    the mail server

Here both servers are inside Mailmole, on this computer. With your own
mailbox they stand at your provider’s, and all that passes between this
computer and the SSH server is encrypted: your password and your mail.

Two things a tunnel does not do. When the SSH server and the mail server
are two machines, it does not encrypt the way between them. And before a
message reaches your provider, it has travelled as all mail does.

What goes through comes out as it went in, in every script:

    Καλημέρα
    שלום
    Good day, Grüß Gott, bonjour, dobrý den, xin chào
    नमस्ते
    你好
    مرحبا
    こんにちは
    Добрый день
    สวัสดี
    안녕하세요
    🐾

The mole
`;

/** What each shape of the tray icon means: its name, and a sentence. */
export const SHAPES: readonly (readonly [badge: Badge, name: string, meaning: string])[] = [
  ['off', 'Off', 'Nothing is open. Switch the mailbox on to fetch mail.'],
  ['ready', 'Ready', 'Mailmole waits, and connects when your mail program asks for mail.'],
  ['working', 'Working', 'It is connecting, or trying again. You need not do anything.'],
  ['on', 'On', 'The mail server has answered through the tunnel. Mail can be fetched.'],
  [
    'needs-you',
    'Needs you',
    'There is a question: a passphrase, a password, or whether this is the right server.',
  ],
  ['problem', 'Problem', 'Only a person can go on. Open Mailmole: it says what to do next.'],
];

export const SHAPES_BEFORE = `Mailmole’s icon is the mouth of a tunnel. Its shape says how your mailbox is;
its colour only says it once more.`;
export const SHAPES_AFTER = `The switch says what you want, the shape says what is true. A lost line never
moves the switch: Mailmole tries again by itself.`;

export const POINTING = `Hello,

your mail program points the right way already, or you would not read this.
For another program, or another time, these are the settings:

    Kind of mailbox       POP3
    Server                localhost
    Port                  the one Mailmole shows, mostly 11110
    Connection security   none
    User name             mole
    Password              anything you like

With your own mailbox, user name and password are those your provider gave
you. The rest stays.

“None” is right here: between your mail program and Mailmole nothing leaves
this computer, and from there on Mailmole encrypts.

For fetchmail, the same in two lines:

    poll localhost protocol pop3 port 11110
        user "mole" password "anything" sslproto ''

“Copy all settings” in Mailmole has them ready with the right port. They also
stand on the card that comes with this message, to print or to keep.

The mole
`;

/** The settings card's rows. */
export const CARD: readonly (readonly [name: string, value: string])[] = [
  ['Kind of mailbox', 'POP3'],
  ['Server', 'localhost'],
  ['Port', 'the one Mailmole shows, mostly 11110'],
  ['Connection security', 'none (the tunnel encrypts)'],
  ['User name', "mole, or your provider's"],
  ['Password', "anything, or your provider's"],
];

/** 952 characters: longer than any screen, and within the 998 that RFC 5322 allows. */
const LONG_LINE = `The mole dug ${'and dug '.repeat(116)}to the end.`;

export const REMOVING = `Hello,

when you have practised enough, the practice mailbox is removed like this:

 1. In your mail program, remove the account you made for it.
 2. In Mailmole, open the practice mailbox and choose Remove.

Undo brings it back, and so does adding it again. What stays behind is a
small folder with the practice key. It opens nothing but these five messages.

The rest of this message is a test for the way it came. On that way a line
of one single dot marks the end of a message. So a dot at the beginning of
a line is sent twice, and taken away again when it arrives. Here are three
lines, of one, two and three dots:

.
..
...

.fetchmailrc begins with a dot, and this line with it.

And this is one very long line, as no program should write and many do. It
stops at the word "end":

${LONG_LINE}

If all that is in place, nothing was lost. Goodbye, and good mail.

The mole
`;
