// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.mount;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The few calls of the C library that Java has no words for. Each answers 0 or above when it
 * succeeded, else the negated errno: errno is read in the same breath, and only on failure, since a
 * success leaves a stale one.
 */
final class Syscalls implements RootLabel.Attribute {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO = STATE.varHandle(PathElement.groupElement("errno"));

  // newer than the C libraries we meet; their numbers are the same on every architecture
  private static final long OPEN_TREE = 428;
  private static final long MOVE_MOUNT = 429;
  private static final long MOUNT_SETATTR = 442;
  private static final short POLLPRI = 2;
  private static final int AT_FDCWD = -100;
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int OPEN_TREE_CLONE = 1;
  private static final int OPEN_TREE_CLOEXEC = 0x80000;
  private static final int MOVE_MOUNT_F_EMPTY_PATH = 4;
  private static final long MOUNT_ATTR_RDONLY = 1;

  private final MethodHandle openTree = syscall(JAVA_INT, ADDRESS, JAVA_INT);
  private final MethodHandle moveMount = syscall(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT);
  private final MethodHandle mountSetattr =
      syscall(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_LONG);
  private final MethodHandle mount =
      function(
          "mount", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
  private final MethodHandle umount2 =
      function("umount2", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
  private final MethodHandle open =
      function(
          "open",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT),
          Linker.Option.firstVariadicArg(2));
  private final MethodHandle poll =
      function("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  private final MethodHandle close = function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private final MethodHandle lgetxattr =
      function("lgetxattr", FunctionDescriptor.of(JAVA_LONG, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG));
  private final MethodHandle lsetxattr =
      function(
          "lsetxattr",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT));
  private final MethodHandle strerror =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("strerror"), FunctionDescriptor.of(ADDRESS, JAVA_INT));

  /** A mount of a kind of filesystem that takes no options. */
  int mount(String source, String target, String fsType, long flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int result =
          (int)
              mount.invokeExact(
                  state,
                  arena.allocateFrom(source),
                  arena.allocateFrom(target),
                  arena.allocateFrom(fsType),
                  flags,
                  MemorySegment.NULL);
      return answer(result, state);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /** A copy of the mount an open directory shows, mounted nowhere: the descriptor holds it. */
  int openTree(int directory) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      long result =
          (long)
              openTree.invokeExact(
                  state,
                  OPEN_TREE,
                  directory,
                  arena.allocateFrom(""),
                  AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
      return answer((int) result, state);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /** Makes the mount a descriptor holds read only. */
  int makeReadOnly(int tree) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      // struct mount_attr: to set, to clear, propagation, namespace
      MemorySegment attributes = arena.allocateFrom(JAVA_LONG, MOUNT_ATTR_RDONLY, 0, 0, 0);
      long result =
          (long)
              mountSetattr.invokeExact(
                  state,
                  MOUNT_SETATTR,
                  tree,
                  arena.allocateFrom(""),
                  AT_EMPTY_PATH,
                  attributes,
                  attributes.byteSize());
      return answer((int) result, state);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /** Mounts what a descriptor holds, on top of whatever is at the target. */
  int moveMount(int tree, String target) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      long result =
          (long)
              moveMount.invokeExact(
                  state,
                  MOVE_MOUNT,
                  tree,
                  arena.allocateFrom(""),
                  AT_FDCWD,
                  arena.allocateFrom(target),
                  MOVE_MOUNT_F_EMPTY_PATH);
      return answer((int) result, state);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  int mount(String source, String target, long flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int result =
          (int)
              mount.invokeExact(
                  state,
                  arena.allocateFrom(source),
                  arena.allocateFrom(target),
                  MemorySegment.NULL,
                  flags,
                  MemorySegment.NULL);
      return answer(result, state);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  int umount2(String target, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int result = (int) umount2.invokeExact(state, arena.allocateFrom(target), flags);
      return answer(result, state);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  int open(String path, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int result = (int) open.invokeExact(state, arena.allocateFrom(path), flags, 0);
      return answer(result, state);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /**
   * Whether an open mountinfo has changed since this was asked last; also when it cannot be told.
   */
  boolean hasChanged(int mountinfo) {
    try (Arena arena = Arena.ofConfined()) {
      // struct pollfd: descriptor, events asked for, events that are
      MemorySegment asked = arena.allocate(8, 4);
      asked.set(JAVA_INT, 0, mountinfo);
      asked.set(JAVA_SHORT, 4, POLLPRI);
      return (int) poll.invokeExact(arena.allocate(STATE), asked, 1L, 0) != 0;
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  void close(int descriptor) {
    try (Arena arena = Arena.ofConfined()) {
      int ignored = (int) close.invokeExact(arena.allocate(STATE), descriptor);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /** How many bytes of an attribute's value are now in the room, from its beginning. */
  int lgetxattr(String path, String name, byte[] room) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      MemorySegment value = arena.allocate(room.length);
      long result =
          (long)
              lgetxattr.invokeExact(
                  state,
                  arena.allocateFrom(path),
                  arena.allocateFrom(name),
                  value,
                  (long) room.length);
      MemorySegment.copy(value, JAVA_BYTE, 0, room, 0, (int) Math.max(0, result));
      return answer((int) result, state);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  int lsetxattr(String path, String name, byte[] value) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int result =
          (int)
              lsetxattr.invokeExact(
                  state,
                  arena.allocateFrom(path),
                  arena.allocateFrom(name),
                  arena.allocateFrom(JAVA_BYTE, value),
                  (long) value.length,
                  0);
      return answer(result, state);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  @Override
  public int get(String path, byte[] room) {
    return lgetxattr(path, FileLabel.ATTRIBUTE, room);
  }

  @Override
  public int set(String path, byte[] value) {
    return lsetxattr(path, FileLabel.ATTRIBUTE, value);
  }

  /** The C library's words for an errno. */
  @Override
  public String words(int errno) {
    try {
      MemorySegment words = (MemorySegment) strerror.invokeExact(errno);
      return words.reinterpret(256).getString(0);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  private static MethodHandle syscall(MemoryLayout... arguments) {
    MemoryLayout[] all = new MemoryLayout[arguments.length + 1];
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    all[0] = JAVA_LONG;
    return function(
        "syscall", FunctionDescriptor.of(JAVA_LONG, all), Linker.Option.firstVariadicArg(1));
  }

  private static int answer(int result, MemorySegment state) {
    return result == -1 ? -(int) ERRNO.get(state, 0L) : result;
  }

  private static MethodHandle function(
      String name, FunctionDescriptor descriptor, Linker.Option... options) {
    Linker.Option[] all = new Linker.Option[options.length + 1];
    System.arraycopy(options, 0, all, 0, options.length);
    all[options.length] = Linker.Option.captureCallState("errno");
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor, all);
  }

  private static IllegalStateException impossible(Throwable cause) {
    return new IllegalStateException("a call with fitting types cannot throw", cause);
  }
}
