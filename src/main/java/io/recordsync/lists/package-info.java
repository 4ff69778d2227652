/** Which record lists are served: looked up by their names, joined, and retired once they have vanished; and callbacks of people who left them. */
package io.recordsync.lists;
