{
  'targets': [
    {
      'target_name': 'edge',
      'sources': ['edge.c', 'value.c', 'handle.c', 'socket.c', 'receive.c', 'send.c', 'timer.c', 'sched.c', 'peer.c'],
      'defines': ['_GNU_SOURCE', 'NAPI_VERSION=8'],
      'cflags!': ['-O3', '-Wno-unused-parameter'],
      'cflags': [
        '-std=c11', '-O2', '-fvisibility=hidden',
        '-Wall', '-Wextra', '-Wpedantic', '-Wshadow', '-Wconversion', '-Wstrict-prototypes',
        '-Wvla', '-Werror'
      ]
    }
  ]
}
