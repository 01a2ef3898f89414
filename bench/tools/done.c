/*
 * done: a `setup` that has nothing to do.
 */
int main(void)
{
    return 0;
}
