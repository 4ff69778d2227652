/** Which record lists are served: looked up by their names, joined, and retired once they have vanished. */
package io.recordsync.lists;
