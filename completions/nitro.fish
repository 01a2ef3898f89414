# fish completion for nitro
# SPDX-License-Identifier: 0BSD

complete -c nitro -f
complete -c nitro -l help -d 'Print a summary of the usage'
complete -c nitro -l version -d 'Print the version'
complete -c nitro -n __fish_is_first_token -a '(__fish_complete_directories)' -d 'Service directory'
