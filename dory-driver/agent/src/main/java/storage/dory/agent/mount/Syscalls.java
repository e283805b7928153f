// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.mount;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
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
final class Syscalls {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO = STATE.varHandle(PathElement.groupElement("errno"));

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

  /** The C library's words for an errno. */
  String words(int errno) {
    try {
      MemorySegment words = (MemorySegment) strerror.invokeExact(errno);
      return words.reinterpret(256).getString(0);
    } catch (Throwable e) {
      throw impossible(e);
    }
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
